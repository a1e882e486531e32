package dev.switchboard.bridge;

import dev.switchboard.bridge.LogOrder.Message;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.redis.ForeignEnvelope;
import dev.switchboard.redis.Keys;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Envelopes as channels bring them: each goes to the follower of its log, if it may come on that
 * channel. What is not in our own form is checked whole, and counted if it is no envelope.
 */
final class InboundRouter {
  private static final Logger log = LoggerFactory.getLogger(InboundRouter.class);
  private static final int NO_ID = "{\"id\":null,".length();

  private final Keys keys;
  private final LogFollowers logFollowers;
  private final Counter dropped;

  InboundRouter(Keys keys, LogFollowers logFollowers, MeterRegistry metrics) {
    this.keys = keys;
    this.logFollowers = logFollowers;
    this.dropped =
        Counter.builder("switchboard.bridge.dropped")
            .description("Messages on our channels that are no envelope for that channel")
            .register(metrics);
  }

  void message(String channel, byte[] message) {
    EnvelopeHead head = EnvelopeHead.scan(message);
    if (head != null && head.place() != null && belongsOn(channel, head)) {
      ours(head, head.place(), message);
    } else {
      foreign(channel, message);
    }
  }

  private void ours(EnvelopeHead head, LogPosition place, byte[] message) {
    LogFollower follower = logFollowers.find(head.log());
    if (follower != null) {
      follower.offer(new Message(place, head, message));
    }
  }

  /** From another program, or live only: checked whole before it goes on. */
  private void foreign(String channel, byte[] message) {
    ForeignEnvelope envelope = ForeignEnvelope.parse(message, keys.topicOf(channel));
    if (envelope == null || !belongsOn(channel, envelope.head())) {
      log.atWarn()
          .addKeyValue("channel", channel)
          .addKeyValue("bytes", message.length)
          .log("Dropped a message that is no envelope for its channel");
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
    byte[] placed = claimed == null ? null : placed(claimed, envelope.envelope());
    EnvelopeHead head = placed == null ? null : EnvelopeHead.scan(placed);
    if (claimed == null || placed == null || head == null) {
      follower.offerLive(envelope.head(), envelope.envelope());
    } else {
      follower.offer(new Message(claimed, head, placed));
    }
  }

  private static byte[] placed(LogPosition claimed, byte[] withoutPlace) {
    return Envelope.at(claimed, Arrays.copyOfRange(withoutPlace, NO_ID, withoutPlace.length));
  }

  /** Something came on one of our channels that makes no sense there. */
  void countDropped() {
    dropped.increment();
  }

  private boolean belongsOn(String channel, EnvelopeHead head) {
    if (head.topic() != null) {
      return head.topic().value().equals(channel);
    }
    List<String> channels = keys.channelsOf(LogId.ofTenant(head.tenant()));
    return channels.contains(channel) && keys.mayCarry(channel, head.tenant());
  }
}
