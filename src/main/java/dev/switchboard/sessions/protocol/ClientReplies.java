package dev.switchboard.sessions.protocol;

import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import io.vertx.core.json.JsonObject;
import java.util.Set;

/** Replies to clients, and ends the sessions of those that keep sending malformed messages. */
public final class ClientReplies {
  private static final int MAX_FAULTS = 50;

  /** Codes of errors that are in the message itself; others depend on the server or its load. */
  private static final Set<String> MALFORMED = Set.of("bad_request", "too_large");

  private final int maxPerSecond;
  private final OutboundQueue outboundQueue;
  private final SessionRegistry registry;
  private final SessionTime time;

  public ClientReplies(
      SessionsConfig config,
      OutboundQueue outboundQueue,
      SessionRegistry registry,
      SessionTime time) {
    this.maxPerSecond = config.inboundPerSecond();
    this.outboundQueue = outboundQueue;
    this.registry = registry;
    this.time = time;
  }

  /** Sends {@code answer}, with the request's {@code ref}. */
  void answer(ClientRequest request, JsonObject answer) {
    outboundQueue.send(
        request.session(), request.ref() == null ? answer : answer.put("ref", request.ref()));
  }

  /**
   * Sends an error. If the message itself was malformed it is counted, and too many such messages
   * end the session; failures that the client did not cause, such as a store that is down or a
   * shared rate that is used up, are not counted.
   */
  void refuse(ClientRequest request, String code, String message) {
    answer(request, ServerMessages.error(code, message));
    if (MALFORMED.contains(code) && countMalformed(request.session()) >= MAX_FAULTS) {
      registry.end(request.session(), CloseReason.BAD_REQUEST, "too many invalid messages");
    }
  }

  /** Whether the request is within the client's rate; if not, an error was sent. */
  boolean isWithinRate(ClientRequest request) {
    long now = time.nanos();
    if (request.session().clientLimits(maxPerSecond, now).tryTake(now)) {
      return true;
    }
    registry.rateLimited();
    answer(request, ServerMessages.error("rate_limited", "too many messages; send fewer"));
    if (request.session().clientLimits(maxPerSecond, now).countTooMany(now) >= MAX_FAULTS) {
      registry.end(request.session(), CloseReason.LIMIT_REACHED, "too many messages");
    }
    return false;
  }

  private int countMalformed(Session session) {
    long now = time.nanos();
    return session.clientLimits(maxPerSecond, now).countMalformed(now);
  }
}
