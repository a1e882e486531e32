package dev.switchboard.recovery;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The principal of a client, by which its events are chosen.
 *
 * @param user null for a visitor
 * @param chat the one chat that a visitor sees
 */
public record Viewer(String tenant, @Nullable String user, @Nullable String chat) {
  private static final Set<String> FOR_INBOXES = Set.of("notification", "alert", "chat.message");

  /** A signed-in person. */
  public static Viewer user(String tenant, String user) {
    return new Viewer(tenant, user, null);
  }

  /** A visitor of one chat. */
  public static Viewer visitor(String tenant, String chat) {
    return new Viewer(tenant, null, chat);
  }

  /** Whether this viewer may see the event and asked for it. */
  boolean gets(Truth.Event event, SubscriptionSet wanted) {
    if (!event.tenant().equals(tenant)) {
      return false;
    }
    if (user == null) {
      return event.user() == null
          && event.topic() == null
          && event.type().startsWith("chat.")
          && event.chat() != null
          && event.chat().equals(chat)
          && wanted.matches(event);
    }
    if (event.user() != null && !event.user().equals(user)) {
      return false;
    }
    // Events that the inbox would keep for that user pass every filter.
    boolean forItsInbox =
        event.user() != null && event.topic() == null && FOR_INBOXES.contains(event.type());
    return forItsInbox || wanted.matches(event);
  }
}
