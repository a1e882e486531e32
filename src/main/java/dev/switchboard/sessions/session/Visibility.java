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
    return isForInbox(session, head)
        || session.filter().matches(head.type())
        || seesAsKept(session, head);
  }

  /** Messages of the inbox pass every filter, whichever way they arrive. */
  private static boolean isForInbox(Session session, EnvelopeHead head) {
    return head.user() != null
        && (head.type().isStoredByDefault()
            || (head.inbox() != null && session.socketUser() != null));
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
   * Whether the session must read its inbox before it gets the event, because earlier messages may
   * be there. Remembers that the event waits.
   */
  public static boolean waitsForInbox(Session session, EnvelopeHead head) {
    if (head.inbox() == null
        || session.socketUser() == null
        || !session.inboxCursor().mustReadBefore(head.inbox())) {
      return false;
    }
    session.inboxCursor().await(head.inbox());
    return true;
  }

  /**
   * Whether the event is still to be sent: false if it was sent from the inbox before. An event
   * that the inbox may hold is recorded, so that its arrival can be proven.
   */
  public static boolean recordIfNew(Session session, EnvelopeHead head) {
    if (head.user() == null
        || head.id() == null
        || head.position() == null
        || session.socketUser() == null) {
      return true;
    }
    boolean isNew = session.receipts().recordFromLog(head.id());
    if (isNew && head.inbox() != null) {
      boolean unused = session.inboxCursor().advance(head.inbox().number());
    }
    return isNew;
  }
}
