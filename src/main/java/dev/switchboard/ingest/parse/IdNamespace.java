package dev.switchboard.ingest.parse;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.EventId;
import java.util.regex.Pattern;

/**
 * What stands in front of every event id that a person brings, over a socket or by HTTP: nobody may
 * take an id that a backend or another person uses. It is the same in all sessions and calls of a
 * person, so that an event repeated after a loss is known.
 */
public final class IdNamespace {
  private static final int BYTES = 8;
  private static final Pattern FORM = Pattern.compile("s-[0-9a-f]{16}:.*");

  private IdNamespace() {}

  /** That of a person. */
  public static String of(Principal.Participant person) {
    String who =
        person instanceof Principal.Visitor visitor
            ? "chat " + visitor.chatSession()
            : "user " + person.user();
    return "s-" + Fingerprint.of(who, BYTES) + ":";
  }

  /** A caller's event under the id it has for everybody; a backend's ids are its own. */
  public static EventDraft apply(Principal caller, EventDraft draft) {
    EventId id = draft.id();
    return id != null && caller instanceof Principal.Participant person
        ? draft.withId(new EventId(of(person) + id))
        : draft;
  }

  /** Whether an id stands in anybody's. */
  static boolean holds(String id) {
    return FORM.matcher(id).matches();
  }
}
