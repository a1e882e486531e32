package dev.switchboard.sessions.session;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.EnvelopeHead;

/** Which events a session gets; asked in the same words live and in replay. */
public final class Visibility {
  private Visibility() {}

  /** Whether a session may and wants to see an event. */
  public static boolean sees(Session session, EnvelopeHead head) {
    Principal.Participant who = session.who();
    if (who instanceof Principal.Visitor visitor) {
      return seesAsVisitor(session, visitor, head);
    }
    if (who == null || (head.user() != null && !head.user().equals(who.user()))) {
      return false;
    }
    if (head.topic() != null) {
      return session.logs().contains(head.log()) && session.filter().visible().allows(head.type());
    }
    boolean forInbox = head.user() != null && head.type().isStoredByDefault();
    return forInbox || session.filter().matches(head.type());
  }

  private static boolean seesAsVisitor(
      Session session, Principal.Visitor visitor, EnvelopeHead head) {
    return head.user() == null
        && visitor.chatSession().equals(head.chatSession())
        && head.type().value().startsWith("chat.")
        && head.topic() == null
        && session.filter().matches(head.type());
  }

  /** What came from the inbox is not sent again; what may be stored there must be proven. */
  public static boolean isNew(Session session, EnvelopeHead head) {
    return head.user() == null
        || head.id() == null
        || head.position() == null
        || session.atSocket() == null
        || session.receipts().givenLive(head.id());
  }
}
