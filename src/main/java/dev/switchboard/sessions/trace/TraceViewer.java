package dev.switchboard.sessions.trace;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.Topic;

/** What the caller who opened a trace may see: a service everything, a person what follows. */
public record TraceViewer(Principal caller) {

  /** Whether the caller may know of the event: a person, if its role sees events of the type. */
  boolean sees(EnvelopeHead head) {
    return !(caller instanceof Principal.Participant person)
        || person.role().see().allows(head.type());
  }

  /** Whether the caller may follow the topic: a person, if its role may. */
  public boolean mayFollow(Topic topic) {
    return !(caller instanceof Principal.Participant person)
        || person.role().topics().allows(topic);
  }

  /** Whether the caller sees the head only: the event is for another user. */
  boolean seesHeadOnly(EnvelopeHead head) {
    return caller instanceof Principal.Participant person
        && head.user() != null
        && !head.user().equals(person.user());
  }
}
