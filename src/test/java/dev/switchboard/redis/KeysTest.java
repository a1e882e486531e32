package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.EventType;
import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The names that operators and other programs rely on, and the slots of our own keys. */
class KeysTest {
  private static final TenantId TENANT = new TenantId("tenant-123");

  private final Keys keys = new Keys("callcenter");

  @ParameterizedTest
  @CsvSource({
    "agent.login, callcenter:agents:tenant-123",
    "call.incoming, callcenter:calls:tenant-123",
    "queue.stats, callcenter:queues:tenant-123",
    "chat.message, callcenter:events",
    "alert, callcenter:events"
  })
  void eventsGoToTheChannelOfTheirFamily(String type, String channel) {
    assertThat(keys.channel(TENANT, new EventType(type), null)).isEqualTo(channel);
    assertThat(keys.channelsOf(LogId.ofTenant(TENANT))).contains(channel);
  }

  @Test
  void eventWithATopicGoesToItsChannelOnly() {
    Topic topic = new Topic("callcenter:custom:alerts");

    assertThat(keys.channel(TENANT, new EventType("call.incoming"), topic))
        .isEqualTo("callcenter:custom:alerts");
    assertThat(keys.channelsOf(new LogId(TENANT, topic)))
        .containsExactly("callcenter:custom:alerts");
  }

  @ParameterizedTest
  @CsvSource({
    "callcenter:calls:tenant-123, true",
    "callcenter:calls:tenant-12, false",
    "callcenter:calls:tenant-1234, false",
    "callcenter:calls:xtenant-123, false",
    "callcenter:agents:other, false",
    "callcenter:events, true",
    "callcenter:custom:alerts, false"
  })
  void eventsOfATenantsLogArriveOnItsOwnChannelsOnly(String channel, boolean allowed) {
    assertThat(keys.mayArrive(channel, TENANT, null)).isEqualTo(allowed);
    assertThat(keys.channelsOf(LogId.ofTenant(TENANT)).contains(channel)).isEqualTo(allowed);
  }

  @Test
  void eventsOfATopicArriveOnItsChannelOnly() {
    Topic topic = new Topic("callcenter:custom:alerts");

    assertThat(keys.mayArrive("callcenter:custom:alerts", TENANT, topic)).isTrue();
    assertThat(keys.mayArrive("callcenter:events", TENANT, topic)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "chat.message, , switchboard:events:{tenant-123}",
    "call.incoming, , ",
    "call.incoming, callcenter:x, switchboard:events:{tenant-123}:topic:callcenter:x"
  })
  void onlyEventsOfSharedChannelsHaveOneOfTheirTenant(
      String type, @Nullable String name, @Nullable String channel) {
    Topic topic = name == null ? null : new Topic(name);

    assertThat(keys.tenantChannel(TENANT, new EventType(type), topic)).isEqualTo(channel);
    if (channel != null) {
      assertThat(keys.tenantChannelsOf(new LogId(TENANT, topic))).contains(channel);
      assertThat(keys.mayArrive(channel, TENANT, topic)).isTrue();
      assertThat(keys.topicOf(channel)).isEqualTo(topic);
      assertThat(Slots.of(channel)).isEqualTo(Slots.of(keys.log(new LogId(TENANT, topic))));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "switchboard:events:{tenant-12}, ",
    "switchboard:events:{tenant-1234}, ",
    "switchboard:events:{other}, ",
    "switchboard:events:{tenant-123}:topic:callcenter:x, ",
    "switchboard:events:{tenant-123}, callcenter:x",
    "switchboard:events:{tenant-123}:topic:callcenter:xx, callcenter:x",
    "switchboard:events:{tenant-124}:topic:callcenter:x, callcenter:x"
  })
  void eventsArriveOnChannelsOfTheirOwnTenantOnly(String channel, @Nullable String name) {
    assertThat(keys.mayArrive(channel, TENANT, name == null ? null : new Topic(name))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"switchboard:log:{tenant-123}", "callcenter:offline:tenant-123:456"})
  void markOfAWriteIsOnTheSameServer(String key) {
    assertThat(Slots.of(Keys.replicationMark(key))).isEqualTo(Slots.of(key));
  }

  @Test
  void anotherPrefixMovesTheUsersNamesButNotOurs() {
    Keys other = new Keys("acme");

    assertThat(other.prefix()).isEqualTo("acme");
    assertThat(other.channelsOf(LogId.ofTenant(TENANT))).allMatch(c -> c.startsWith("acme:"));
    assertThat(other.log(LogId.ofTenant(TENANT))).isEqualTo(keys.log(LogId.ofTenant(TENANT)));
  }

  @Test
  void ourKeysHaveOurPrefixAndShareTheSlotOfTheTenant() {
    assertThat(ourKeys())
        .allMatch(key -> key.startsWith("switchboard:"))
        .allMatch(key -> key.indexOf("{tenant-123}") == key.indexOf('{'));
    assertThat(keys.probeChannel("node-1")).isEqualTo("switchboard:probe:node-1");
  }

  @Test
  void keysOfDifferentTopicsDiffer() {
    assertThat(ourKeys()).doesNotHaveDuplicates();
  }

  private List<String> ourKeys() {
    Stream<LogId> logs =
        Stream.concat(
            Stream.of(LogId.ofTenant(TENANT)),
            Stream.of(
                    "callcenter:x", "callcenter:x:meta", "callcenter:x:topic:y", "callcenter:meta")
                .map(topic -> new LogId(TENANT, new Topic(topic))));
    return Stream.concat(
            logs.flatMap(log -> Stream.of(keys.log(log), keys.logMeta(log))),
            Stream.of(keys.seen(TENANT, 1), keys.seen(TENANT, 2), keys.minted(TENANT, 1)))
        .toList();
  }
}
