package dev.switchboard.sessions.signin;

import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Principal;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.LogId;
import dev.switchboard.event.Reason;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionState.Unauthenticated;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.session.SubscribeRequest;
import java.util.ArrayList;
import java.util.List;

/** Gives a session its principal and opens it, or ends it. Belongs to the hub's event loop. */
public final class SignIn {
  private final Admission admission;
  private final SessionRegistry registry;
  private final SessionOpening opening;
  private final SessionTime time;

  public SignIn(
      Admission admission, SessionRegistry registry, SessionOpening opening, SessionTime time) {
    this.admission = admission;
    this.registry = registry;
    this.opening = opening;
    this.time = time;
  }

  /**
   * Opens a session for {@code principal} with the subscriptions of {@code request}, or ends it;
   * does nothing if the session has ended or was authenticated meanwhile.
   */
  public void authenticated(Session session, Principal principal, SubscribeRequest request) {
    if (!(session.state() instanceof Unauthenticated)) {
      return;
    }
    if (!(principal instanceof Principal.Participant participant)) {
      refuse(session, CloseReason.FORBIDDEN, "only users can open sockets; services use the API");
      return;
    }
    Admission.Refusal refusal = admission.refusal(participant, request);
    if (refusal != null) {
      refuse(session, refusal.reason(), refusal.message());
    } else {
      open(session, participant, request);
    }
  }

  /** Ends a session whose credentials are invalid or can't be checked. */
  public void failed(Session session, Throwable failure) {
    if (isRefusal(failure)) {
      refuse(session, CloseReason.NOT_AUTHENTICATED, Reason.of(failure));
    } else {
      refuse(session, CloseReason.NO_CAPACITY, later(failure));
    }
  }

  private static String later(Throwable failure) {
    return failure instanceof AuthException auth
        ? Reason.of(auth)
        : "authentication is unavailable; try again later";
  }

  /** Ends a session that can't be opened. */
  public void refuse(Session session, CloseReason reason, String message) {
    registry.end(session, reason, message);
  }

  /** Whether the credentials are invalid, not just impossible to check now. */
  public static boolean isRefusal(Throwable failure) {
    return failure instanceof AuthException auth && auth.kind() == AuthException.Kind.REFUSED;
  }

  private void open(Session session, Principal.Participant principal, SubscribeRequest request) {
    session.authenticated(principal, time.millis());
    admission.enter(principal, session, registry);
    if (request.events() != null || !request.kept().isEmpty()) {
      List<EventPattern> events = request.events() == null ? List.of() : request.events();
      session.filter(session.filter().withPatterns(events));
      session.chooseEvents();
    }
    if (request.explicitReceipts()) {
      session.receipts().requireAcks();
    }
    if (!request.kept().isEmpty()) {
      session.kept().ask(request.kept(), time.nanos());
    }
    List<LogId> logs = new ArrayList<>();
    logs.add(LogId.ofTenant(principal.tenant()));
    request.topics().forEach(topic -> logs.add(new LogId(principal.tenant(), topic)));
    opening.begin(session, logs, request).onSuccess(registry::opened);
  }
}
