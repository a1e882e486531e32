package dev.switchboard.ingest.parse;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.EventId;
import dev.switchboard.event.InvalidNameException;
import java.util.regex.Pattern;

/**
 * Prefixes every event id that a person sends, over a socket or by HTTP, so that no client can take
 * an id that a backend or another person uses. The prefix is the same in all sessions and requests
 * of a person, so that an event repeated after a loss is recognized.
 */
public final class IdNamespace {
  private static final int BYTES = 8;
  private static final Pattern FORM = Pattern.compile("s-[0-9a-f]{16}:.*");

  private IdNamespace() {}

  /** Returns the prefix for the person's event ids. */
  public static String of(Principal.Participant person) {
    String identity =
        person instanceof Principal.Visitor visitor
            ? "chat " + visitor.chatSession()
            : "user " + person.user();
    return "s-" + Fingerprint.of(identity, BYTES) + ":";
  }

  /** Prefixes the event's id if it was chosen by the person. */
  static EventDraft apply(Principal.Participant person, EventDraft draft) {
    EventId id = draft.id();
    return id == null ? draft : draft.withId(id(of(person), id.value()));
  }

  /** The id of a person's event, whose prefix is {@code prefix}. */
  static EventId id(String prefix, String chosen) {
    int room = EventId.MAX_LENGTH - prefix.length();
    if (chosen.length() > room) {
      throw new InvalidNameException(
          "an event id of a user or visitor must be 1 to "
              + room
              + " characters: the server puts "
              + prefix.length()
              + " in front of it");
    }
    return new EventId(prefix + chosen);
  }

  /** Whether the id has the prefix of some person. */
  static boolean isPrefixed(String id) {
    return FORM.matcher(id).matches();
  }
}
