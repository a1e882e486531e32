package dev.switchboard.sessions;

import dev.switchboard.config.SwitchboardConfig.Sessions;
import io.vertx.core.json.JsonObject;

/** Answers clients, and ends the sessions of those who go on saying what can't be answered. */
final class Replies {
  private static final int MOST_FAULTS = 50;

  private final int perSecond;
  private final Outbox outbox;
  private final Endings endings;
  private final SessionTime time = SessionTime.SYSTEM;

  Replies(Sessions config, Outbox outbox, Endings endings) {
    this.perSecond = config.inboundPerSecond();
    this.outbox = outbox;
    this.endings = endings;
  }

  void answer(Asker asker, JsonObject answer) {
    outbox.tell(asker.session(), asker.ref() == null ? answer : answer.put("ref", asker.ref()));
  }

  /** A mistake of the client, or something that is not possible now; too many end the session. */
  void refuse(Asker asker, String code, String words) {
    answer(asker, ServerMessages.error(code, words));
    if (countFault(asker.session()) >= MOST_FAULTS) {
      endings.end(asker.session(), CloseReason.BAD_REQUEST, "too many bad messages");
    }
  }

  /** Whether the client may say one more thing now; if not, it was told. */
  boolean mayTalk(Asker asker) {
    long now = time.nanos();
    if (asker.session().conduct(perSecond, now).mayTalk(perSecond, now)) {
      return true;
    }
    answer(asker, ServerMessages.error("rate_limited", "send less often"));
    if (countFault(asker.session()) >= MOST_FAULTS) {
      endings.end(asker.session(), CloseReason.LIMIT_REACHED, "too many messages");
    }
    return false;
  }

  private int countFault(Session session) {
    long now = time.nanos();
    return session.conduct(perSecond, now).countFault(now);
  }
}
