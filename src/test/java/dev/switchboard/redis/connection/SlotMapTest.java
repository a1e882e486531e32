package dev.switchboard.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.Reply;
import dev.switchboard.redis.Slots;
import dev.switchboard.support.Replies;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers of a node of a cluster to CLUSTER INFO and CLUSTER SLOTS. */
class SlotMapTest {
  private static final Reply OK = Replies.of("cluster_enabled:1\r\ncluster_state:ok\r\n");
  private static final ServerAddress ASKED = new ServerAddress("10.0.0.9", 7009);
  private static final ServerAddress FIRST = new ServerAddress("10.0.0.1", 7000);
  private static final ServerAddress SECOND = new ServerAddress("10.0.0.2", 7001);
  private static final ServerAddress REPLICA = new ServerAddress("10.0.0.3", 7002);

  private static Object[] range(long from, long to, Object[]... servers) {
    Object[] range = new Object[2 + servers.length];
    range[0] = from;
    range[1] = to;
    System.arraycopy(servers, 0, range, 2, servers.length);
    return range;
  }

  private static Object[] server(@Nullable String host, long port) {
    return new Object[] {host, port, "node-id"};
  }

  private static SlotMap map(Object[]... ranges) {
    return SlotMap.parse(OK, Replies.list((Object[]) ranges), ASKED);
  }

  @Test
  void bothEndsOfARangeBelongToItsMaster() {
    SlotMap map =
        map(
            range(0, 100, server("10.0.0.1", 7000)),
            range(101, 16_383, server("10.0.0.2", 7001), server("10.0.0.3", 7002)));

    assertThat(map.owner(0)).isEqualTo(FIRST);
    assertThat(map.owner(100)).isEqualTo(FIRST);
    assertThat(map.owner(101)).isEqualTo(SECOND);
    assertThat(map.owner(16_383)).isEqualTo(SECOND);
    assertThat(map.missing()).isZero();
    assertThat(map.isHealthy()).isTrue();
  }

  @Test
  void replicasArePartOfTheClusterButOwnNothing() {
    SlotMap map = map(range(0, 5, server("10.0.0.1", 7000), server("10.0.0.3", 7002)));

    assertThat(map.masters()).containsExactly(FIRST);
    assertThat(map.contains(FIRST)).isTrue();
    assertThat(map.contains(REPLICA)).isTrue();
    assertThat(map.contains(SECOND)).isFalse();
    assertThat(map.contains(ASKED)).isFalse();
  }

  @Test
  void masterOfSeveralRangesIsNamedOnce() {
    SlotMap map = map(range(0, 1, server("10.0.0.1", 7000)), range(4, 4, server("10.0.0.1", 7000)));

    assertThat(map.masters()).containsExactly(FIRST);
    assertThat(map.owner(2)).isNull();
    assertThat(map.owner(4)).isEqualTo(FIRST);
    assertThat(map.missing()).isEqualTo(Slots.COUNT - 3);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "?"})
  void nodeThatDoesNotKnowItsNameIsAtTheHostThatWasAsked(@Nullable String host) {
    SlotMap map = map(range(0, 1, server(host, 7005)));

    assertThat(map.owner(0)).isEqualTo(new ServerAddress("10.0.0.9", 7005));
  }

  @Test
  void clusterThatReportsAFailureIsNotHealthy() {
    Reply down = Replies.of("cluster_enabled:1\r\ncluster_state:fail\r\n");

    SlotMap map = SlotMap.parse(down, Replies.list(), ASKED);

    assertThat(map.isHealthy()).isFalse();
    assertThat(map.masters()).isEmpty();
    assertThat(map.missing()).isEqualTo(Slots.COUNT);
  }

  @Test
  void malformedAnswersAreAProblemOfTheServer() {
    assertThatThrownBy(() -> map(range(0, 16_384, server("10.0.0.1", 7000))))
        .isInstanceOf(RedisProblemException.class)
        .hasMessage("Redis at 10.0.0.9:7009 answers CLUSTER SLOTS in a form that is not known");
    assertThatThrownBy(() -> map(range(0, 5, server("10.0.0.1", 65_536))))
        .isInstanceOf(RedisProblemException.class);
    assertThatThrownBy(() -> map(range(0, 5))).isInstanceOf(RedisProblemException.class);
  }
}
