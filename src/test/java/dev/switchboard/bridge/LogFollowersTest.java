package dev.switchboard.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.FollowLog;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.bus.UnfollowLog;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.redis.EventLog.Page;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.Subscription;
import dev.switchboard.support.ManualLoop;
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
  private final List<HubBatch.Item> mail = new ArrayList<>();
  private final LogFollowers logFollowers = followers();

  private LogFollowers followers() {
    HubQueues posts =
        new HubQueues(
            1,
            new HubQueue.Bounds(1_000, 1_000),
            (hub, one) -> mail.addAll(one.items()),
            loop,
            new SimpleMeterRegistry());
    return new LogFollowers(
        new Keys("callcenter"),
        subscription,
        (log, after, most) -> Future.succeededFuture(new Page(new LogPosition("e", 5), List.of())),
        posts,
        loop);
  }

  @Test
  void aLogOpensOnceItsChannelIsHeard() {
    logFollowers.watch(new FollowLog(0, ONE));
    settle();
    assertThat(mail).isEmpty();

    confirm();

    assertThat(mail).containsExactly(new HubBatch.LogOpened(ONE, new LogPosition("e", 5)));
  }

  @Test
  void aChannelThatIsHeardAlreadyNeedsNoAnswer() {
    logFollowers.watch(new FollowLog(0, ONE));
    confirm();

    logFollowers.watch(new FollowLog(0, TWO));
    settle();

    assertThat(mail).contains(new HubBatch.LogOpened(TWO, new LogPosition("e", 5)));
  }

  /** Redis was in doubt for a moment while the connection stood. */
  @Test
  void aLogWhoseChannelIsNotHeardYetIsNotReadBefore() {
    logFollowers.watch(new FollowLog(0, ONE));

    logFollowers.readAgain();
    settle();
    assertThat(mail).isEmpty();
    confirm();

    assertThat(mail).containsExactly(new HubBatch.LogOpened(ONE, new LogPosition("e", 5)));
  }

  @Test
  void whoComesBackSoonCostsNothing() {
    logFollowers.watch(new FollowLog(0, ONE));
    confirm();
    logFollowers.unwatch(new UnfollowLog(0, ONE));
    logFollowers.watch(new FollowLog(0, ONE));

    linger();

    assertThat(subscription.wanted).containsExactly(TOPIC.value());
    assertThat(logFollowers.find(ONE)).isNotNull();
  }

  @Test
  void aChannelIsHeldAsLongAsAnyLogNeedsIt() {
    logFollowers.watch(new FollowLog(0, ONE));
    logFollowers.watch(new FollowLog(0, TWO));
    confirm();

    logFollowers.unwatch(new UnfollowLog(0, ONE));
    assertThat(logFollowers.find(ONE)).isNotNull();
    linger();
    assertThat(logFollowers.find(ONE)).isNull();
    assertThat(subscription.wanted).containsExactly(TOPIC.value());
    logFollowers.unwatch(new UnfollowLog(0, TWO));
    linger();

    assertThat(subscription.wanted).isEmpty();
  }

  private void confirm() {
    subscription.confirmed.addAll(subscription.wanted);
    List.copyOf(subscription.wanted).forEach(logFollowers::confirmed);
    settle();
  }

  private void linger() {
    boolean unused = loop.ring(LogFollowers.LINGER_MILLIS);
    settle();
  }

  private void settle() {
    boolean unused = loop.take(100);
  }

  /** Is live, and confirms when it is told to. */
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
