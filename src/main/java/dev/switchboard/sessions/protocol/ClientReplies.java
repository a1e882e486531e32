package dev.switchboard.sessions.protocol;

import dev.switchboard.config.SwitchboardConfig.Sessions;
import dev.switchboard.sessions.lifecycle.SessionRegistry;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.session.OutboundQueue;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import io.vertx.core.json.JsonObject;

/** Answers clients, and ends the sessions of those who go on saying what can't be answered. */
public final class ClientReplies {
  private static final int MAX_FAULTS = 50;

  private final int perSecond;
  private final OutboundQueue outboundQueue;
  private final SessionRegistry sessionRegistry;
  private final SessionTime time = SessionTime.SYSTEM;

  public ClientReplies(
      Sessions config, OutboundQueue outboundQueue, SessionRegistry sessionRegistry) {
    this.perSecond = config.inboundPerSecond();
    this.outboundQueue = outboundQueue;
    this.sessionRegistry = sessionRegistry;
  }

  void answer(ClientRequest clientRequest, JsonObject answer) {
    outboundQueue.tell(
        clientRequest.session(),
        clientRequest.ref() == null ? answer : answer.put("ref", clientRequest.ref()));
  }

  /** A mistake of the client, or something that is not possible now; too many end the session. */
  void refuse(ClientRequest clientRequest, String code, String words) {
    answer(clientRequest, ServerMessages.error(code, words));
    if (countFault(clientRequest.session()) >= MAX_FAULTS) {
      sessionRegistry.end(
          clientRequest.session(), CloseReason.BAD_REQUEST, "too many bad messages");
    }
  }

  /** Whether the client may say one more thing now; if not, it was told. */
  boolean mayTalk(ClientRequest clientRequest) {
    long now = time.nanos();
    if (clientRequest.session().conduct(perSecond, now).mayTalk(perSecond, now)) {
      return true;
    }
    answer(clientRequest, ServerMessages.error("rate_limited", "send less often"));
    if (countFault(clientRequest.session()) >= MAX_FAULTS) {
      sessionRegistry.end(clientRequest.session(), CloseReason.LIMIT_REACHED, "too many messages");
    }
    return false;
  }

  private int countFault(Session session) {
    long now = time.nanos();
    return session.conduct(perSecond, now).countFault(now);
  }
}
