package dev.switchboard.sessions.session;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FollowedCollectionsTest {
  private static final Topic TOPIC = new Topic("callcenter:custom:alerts");
  private static final KeptName QUEUES = new KeptName(null, "queues");
  private static final KeptName AGENTS = new KeptName(null, "agents");
  private static final KeptName OF_TOPIC = new KeptName(TOPIC, "queues");

  private final FollowedCollections followed = new FollowedCollections();

  private static EnvelopeHead change(String members) {
    String envelope =
        "{\"id\":\"e:1\",\"event_id\":\"x\",\"type\":\"queue.stats\",\"tenant_id\":\"t\","
            + "\"timestamp\":\"2026-11-23T09:30:00.123Z\","
            + members
            + "\"payload\":1}";
    return requireNonNull(EnvelopeHead.scan(envelope.getBytes(StandardCharsets.UTF_8)));
  }

  private static EnvelopeHead keptIn(String collection) {
    return change("\"keep\":\"" + collection + "/a\",\"keep_until\":\"2026-11-24T09:30:00.123Z\",");
  }

  @Test
  void changesReachOnlyCollectionsWhoseStateTheClientHas() {
    followed.ask(List.of(QUEUES, AGENTS), 0);
    assertThat(followed.isCurrentFor(keptIn("queues"))).isFalse();

    followed.hold(List.of(QUEUES));

    assertThat(followed.isCurrentFor(keptIn("queues"))).isTrue();
    assertThat(followed.isCurrentFor(keptIn("agents"))).isFalse();
    assertThat(followed.isCurrentFor(change(""))).isFalse();
    assertThat(followed.waitingIn(null)).containsExactly(AGENTS);
  }

  @Test
  void holdingWhatIsNotFollowedDoesNothing() {
    followed.hold(List.of(QUEUES));

    assertThat(followed.all()).isEmpty();
    assertThat(followed.isCurrentFor(keptIn("queues"))).isFalse();
  }

  @Test
  void doubtConcernsTheCollectionsOfOneTopic() {
    followed.ask(List.of(QUEUES, OF_TOPIC), 0);
    followed.hold(List.of(QUEUES, OF_TOPIC));

    followed.doubt(TOPIC);

    assertThat(followed.waitingIn(TOPIC)).containsExactly(OF_TOPIC);
    assertThat(followed.waitingIn(null)).isEmpty();
  }

  @Test
  void askingAgainIsTooSoonForTenSecondsWhileItIsFollowed() {
    long later = TimeUnit.SECONDS.toNanos(9);
    followed.ask(List.of(QUEUES), 0);
    assertThat(followed.wasAskedJustNow(List.of(AGENTS, QUEUES), later)).isTrue();
    assertThat(followed.wasAskedJustNow(List.of(QUEUES), TimeUnit.SECONDS.toNanos(10))).isFalse();

    followed.removeIf(QUEUES::equals);

    assertThat(followed.wasAskedJustNow(List.of(QUEUES), later)).isFalse();
  }

  @Test
  void eachNameCountsOnce() {
    followed.ask(List.of(QUEUES), 0);

    assertThat(followed.sizeWith(List.of(QUEUES, AGENTS, OF_TOPIC))).isEqualTo(3);
  }

  @Test
  void snapshotMayBeLostOnceInARow() {
    assertThat(followed.countLost()).isFalse();
    followed.caughtUp();
    assertThat(followed.countLost()).isFalse();
    assertThat(followed.countLost()).isTrue();
  }
}
