package dev.switchboard.sessions.session;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.EnvelopeHead;

/** Decides which events a session gets, by the same rules live and in a replay. */
public final class Visibility {
  private Visibility() {}

  /** Whether the session may see the event and asked for it. */
  public static boolean sees(Session session, EnvelopeHead head) {
    Principal.Participant principal = session.principal();
    if (principal instanceof Principal.Visitor visitor) {
      return seesAsVisitor(session, visitor, head);
    }
    if (principal == null || (head.user() != null && !head.user().equals(principal.user()))) {
      return false;
    }
    if (head.topic() != null) {
      return session.logs().contains(head.log()) && session.filter().visible().allows(head.type());
    }
    boolean forInbox = head.user() != null && head.type().isStoredByDefault();
    return forInbox || session.filter().matches(head.type()) || seesAsKept(session, head);
  }

  /** A collection that is followed is one more way for an event to pass. */
  private static boolean seesAsKept(Session session, EnvelopeHead head) {
    return isFollowed(session, head) && session.filter().visible().allows(head.type());
  }

  /**
   * Whether the event changes a state that the client has, while the role may not see its type: the
   * client learns no more than that.
   */
  public static boolean hides(Session session, EnvelopeHead head) {
    return isFollowed(session, head) && !session.filter().visible().allows(head.type());
  }

  private static boolean isFollowed(Session session, EnvelopeHead head) {
    return head.keep() != null && session.followsKept() && session.kept().isCurrentFor(head);
  }

  private static boolean seesAsVisitor(
      Session session, Principal.Visitor visitor, EnvelopeHead head) {
    return head.user() == null
        && visitor.chatSession().equals(head.chatSession())
        && head.type().value().startsWith("chat.")
        && head.topic() == null
        && session.filter().matches(head.type());
  }

  /**
   * Whether the event is still to be sent: false if it was sent from the inbox before. An event
   * that the inbox may hold is recorded, so that its arrival can be proven.
   */
  public static boolean recordIfNew(Session session, EnvelopeHead head) {
    return head.user() == null
        || head.id() == null
        || head.position() == null
        || session.socketUser() == null
        || session.receipts().recordFromLog(head.id());
  }
}
