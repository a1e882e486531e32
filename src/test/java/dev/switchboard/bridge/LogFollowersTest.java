package dev.switchboard.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.EventChannels;
import dev.switchboard.bus.FollowLog;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.bus.UnfollowLog;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.LogPage;
import dev.switchboard.redis.Subscription;
import dev.switchboard.support.ManualLoop;
import dev.switchboard.tracing.Observation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which channels are subscribed, and for how long. */
class LogFollowersTest {
  private static final Topic TOPIC = new Topic("callcenter:custom:a");
  private static final LogId ONE = new LogId(new TenantId("one"), TOPIC);
  private static final LogId TWO = new LogId(new TenantId("two"), TOPIC);

  private final ManualLoop loop = new ManualLoop();
  private final Subscribed subscription = new Subscribed();
  private final List<HubBatch.Item> items = new ArrayList<>();
  private final List<LogId> reads = new ArrayList<>();
  private final LogFollowers logFollowers = followers();

  private LogFollowers followers() {
    HubQueues queues =
        new HubQueues(
            List.of(batch -> items.addAll(batch.items())),
            new HubQueue.Bounds(1_000, 1_000),
            loop,
            Observation.of(new SimpleMeterRegistry()));
    return new LogFollowers(
        new Keys("callcenter"),
        subscription,
        (log, after, max) -> {
          reads.add(log);
          return Future.succeededFuture(new LogPage(new LogPosition("e", 5), List.of()));
        },
        queues,
        loop);
  }

  @Test
  void logOpensOnceItsChannelIsConfirmed() {
    logFollowers.follow(new FollowLog(0, ONE));
    settle();
    assertThat(items).isEmpty();

    confirm();

    assertThat(items).containsExactly(new HubBatch.LogOpened(ONE, new LogPosition("e", 5)));
  }

  @Test
  void logOnAConfirmedChannelOpensAtOnce() {
    logFollowers.follow(new FollowLog(0, ONE));
    confirm();

    logFollowers.follow(new FollowLog(0, TWO));
    settle();

    assertThat(items).contains(new HubBatch.LogOpened(TWO, new LogPosition("e", 5)));
  }

  /** Redis did not answer for a moment, while the connection was kept. */
  @Test
  void logIsNotReadBeforeItsChannelIsConfirmed() {
    logFollowers.follow(new FollowLog(0, ONE));

    logFollowers.linkRestored();
    settle();
    assertThat(items).isEmpty();
    confirm();

    assertThat(items).containsExactly(new HubBatch.LogOpened(ONE, new LogPosition("e", 5)));
  }

  @Test
  void hubThatFollowsAgainSoonKeepsTheSubscription() {
    logFollowers.follow(new FollowLog(0, ONE));
    confirm();
    logFollowers.unfollow(new UnfollowLog(0, ONE));
    logFollowers.follow(new FollowLog(0, ONE));

    dropUnneeded();

    assertThat(subscription.wanted).containsExactly(TOPIC.value());
    assertThat(logFollowers.find(ONE)).isNotNull();
  }

  @Test
  void channelIsSubscribedAsLongAsAnyLogNeedsIt() {
    logFollowers.follow(new FollowLog(0, ONE));
    logFollowers.follow(new FollowLog(0, TWO));
    confirm();

    logFollowers.unfollow(new UnfollowLog(0, ONE));
    assertThat(logFollowers.find(ONE)).isNotNull();
    dropUnneeded();
    assertThat(logFollowers.find(ONE)).isNull();
    assertThat(subscription.wanted).containsExactly(TOPIC.value());
    logFollowers.unfollow(new UnfollowLog(0, TWO));
    dropUnneeded();

    assertThat(subscription.wanted).isEmpty();
  }

  @Test
  void logsOfATopicMoveToChannelsOfTheirTenantsAndAreReadThen() {
    logFollowers.follow(new FollowLog(0, ONE));
    logFollowers.follow(new FollowLog(0, TWO));
    confirm();
    reads.clear();

    logFollowers.listen(new EventChannels(true));
    settle();
    assertThat(subscription.wanted)
        .containsExactlyInAnyOrder(
            "switchboard:events:{one}:topic:callcenter:custom:a",
            "switchboard:events:{two}:topic:callcenter:custom:a");
    assertThat(reads).isEmpty();
    confirm();

    assertThat(reads).containsExactlyInAnyOrder(ONE, TWO);
  }

  @Test
  void channelsThatDoNotChangeAreKept() {
    LogId log = LogId.ofTenant(new TenantId("one"));
    logFollowers.follow(new FollowLog(0, log));
    confirm();

    logFollowers.listen(new EventChannels(true));

    assertThat(subscription.wanted).contains("switchboard:events:{one}");
    assertThat(subscription.confirmed)
        .containsExactly("callcenter:agents:one", "callcenter:calls:one", "callcenter:queues:one");
  }

  @Test
  void sameChannelsAgainChangeNothing() {
    logFollowers.follow(new FollowLog(0, ONE));
    logFollowers.listen(new EventChannels(true));
    confirm();
    reads.clear();

    logFollowers.listen(new EventChannels(true));
    settle();

    assertThat(reads).isEmpty();
    assertThat(subscription.confirmed).isEqualTo(subscription.wanted);
  }

  /** A new connection reports no single channel. */
  @Test
  void logWhoseChannelsChangedWithoutALinkIsReadWhenTheLinkIsRestored() {
    logFollowers.follow(new FollowLog(0, ONE));
    confirm();
    logFollowers.follow(new FollowLog(0, TWO));
    logFollowers.linkDown();
    logFollowers.listen(new EventChannels(true));
    settle();
    reads.clear();

    subscription.confirmed.addAll(subscription.wanted);
    logFollowers.linkRestored();
    settle();

    assertThat(reads).containsExactlyInAnyOrder(ONE, TWO);
    assertThat(items).contains(new HubBatch.LogOpened(TWO, new LogPosition("e", 5)));
  }

  /** A log that is followed, or dropped, after the change has the new channels. */
  @Test
  void channelsOfTenantsAreLetGoOfWithTheirLogs() {
    logFollowers.listen(new EventChannels(true));
    logFollowers.follow(new FollowLog(0, ONE));
    confirm();
    assertThat(items).containsExactly(new HubBatch.LogOpened(ONE, new LogPosition("e", 5)));

    logFollowers.unfollow(new UnfollowLog(0, ONE));
    dropUnneeded();

    assertThat(subscription.wanted).isEmpty();
  }

  private void confirm() {
    subscription.confirmed.addAll(subscription.wanted);
    List.copyOf(subscription.wanted).forEach(logFollowers::confirmed);
    settle();
  }

  private void dropUnneeded() {
    boolean unused = loop.ring(LogFollowers.KEPT_MILLIS);
    settle();
  }

  private void settle() {
    boolean unused = loop.take(100);
  }

  /** Is live, and confirms channels on demand. */
  private static final class Subscribed implements Subscription {
    private final Set<String> wanted = new LinkedHashSet<>();
    private final Set<String> confirmed = new LinkedHashSet<>();

    @Override
    public boolean isLive() {
      return true;
    }

    @Override
    public boolean isConfirmed(String channel) {
      return confirmed.contains(channel);
    }

    @Override
    public void add(Collection<String> channels) {
      wanted.addAll(channels);
    }

    @Override
    public void remove(Collection<String> channels) {
      channels.forEach(wanted::remove);
      channels.forEach(confirmed::remove);
    }
  }
}
