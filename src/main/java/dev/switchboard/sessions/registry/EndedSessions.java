package dev.switchboard.sessions.registry;

import dev.switchboard.auth.Principal;
import dev.switchboard.bus.inspection.RecentRefusals;
import dev.switchboard.bus.inspection.Refusal;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.ProtocolFault;
import dev.switchboard.sessions.session.Session;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;

/** Remembers why the server ended sessions, unless an operator wanted it. */
final class EndedSessions {
  private static final Set<CloseReason> WANTED =
      Set.of(CloseReason.DRAINING, CloseReason.DISCONNECTED);

  private final RecentRefusals refusals;

  EndedSessions(RecentRefusals refusals) {
    this.refusals = refusals;
  }

  void ended(Session session, CloseReason reason, String message) {
    if (!WANTED.contains(reason)) {
      add(session, reason.name(), reason.code(), message);
    }
  }

  void failed(Session session, ProtocolFault fault) {
    add(session, fault.name(), fault.code(), "the client broke the WebSocket protocol");
  }

  private void add(Session session, String reason, int code, String message) {
    Principal.Participant principal = session.principal();
    refusals.add(
        new Refusal(
            Instant.now(),
            session.transport().isSocket() ? Refusal.Where.SOCKET : Refusal.Where.STREAM,
            reason.toLowerCase(Locale.ROOT),
            new Refusal.CloseCode(code),
            principal == null ? null : principal.tenant(),
            session.client().address(),
            message));
  }
}
