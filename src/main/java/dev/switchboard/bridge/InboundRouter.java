package dev.switchboard.bridge;

import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogPosition;
import dev.switchboard.redis.ForeignEnvelope;
import dev.switchboard.redis.Keys;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes each envelope that arrives on a channel to the follower of its log, if the log's events
 * may arrive on that channel. An envelope in another form than the server's own is parsed
 * completely; a message that is not an envelope is dropped and counted.
 */
final class InboundRouter {
  private static final Logger log = LoggerFactory.getLogger(InboundRouter.class);

  private final Keys keys;
  private final LogFollowers logFollowers;
  private final Counter dropped;

  InboundRouter(Keys keys, LogFollowers logFollowers, MeterRegistry metrics) {
    this.keys = keys;
    this.logFollowers = logFollowers;
    this.dropped =
        Counter.builder("switchboard.bridge.dropped")
            .description(
                "Messages on subscribed channels that are not valid envelopes for their channel")
            .register(metrics);
  }

  void message(String channel, byte[] message) {
    EnvelopeHead head = EnvelopeHead.scan(message);
    if (head != null && head.position() != null && mayArrive(channel, head)) {
      routeOwn(new LogEvent(head.position(), head, message));
    } else {
      routeForeign(channel, message);
    }
  }

  private void routeOwn(LogEvent event) {
    LogFollower follower = logFollowers.find(event.head().log());
    if (follower != null) {
      follower.offer(event);
    }
  }

  /** Routes an event of another program, or one that is live only. */
  private void routeForeign(String channel, byte[] message) {
    ForeignEnvelope envelope = ForeignEnvelope.parse(message, keys.topicOf(channel));
    if (envelope == null || !mayArrive(channel, envelope.head())) {
      log.atWarn()
          .addKeyValue("channel", channel)
          .addKeyValue("bytes", message.length)
          .log("Dropped a message that is not a valid envelope for its channel");
      countDropped();
      return;
    }
    LogFollower follower = logFollowers.find(envelope.head().log());
    if (follower != null) {
      offer(follower, envelope);
    }
  }

  private static void offer(LogFollower follower, ForeignEnvelope envelope) {
    LogPosition claimed = envelope.claimedPosition();
    LogEvent event =
        claimed == null ? null : LogEvent.of(claimed, Envelope.withoutId(envelope.envelope()));
    if (event == null) {
      follower.offerLive(envelope.head(), envelope.envelope());
    } else {
      follower.offer(event);
    }
  }

  /** Counts a message that makes no sense on its channel. */
  void countDropped() {
    dropped.increment();
  }

  private boolean mayArrive(String channel, EnvelopeHead head) {
    return keys.mayArrive(channel, head.tenant(), head.topic());
  }
}
