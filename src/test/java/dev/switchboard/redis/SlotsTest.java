package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Keys and slots: those of the Redis Cluster specification, and one slot for all keys of a script.
 */
class SlotsTest {
  private static final TenantId TENANT = new TenantId("tenant-123");
  private static final UserId USER = new UserId("456");

  private final Keys keys = new Keys("callcenter");

  @ParameterizedTest
  @CsvSource({
    "123456789, 12739",
    "foo, 12182",
    "{user1000}.following, 3443",
    "{user1000}.followers, 3443",
    "foo{}{bar}, 8363",
    "foo{{bar}}zap, 4015",
    "foo{bar}{zap}, 5061"
  })
  void slotsAreThoseThatRedisComputes(String key, int slot) {
    assertThat(Slots.of(key)).isEqualTo(slot);
  }

  @Test
  void scriptBelongsToTheSlotOfItsFirstKey() {
    assertThat(Slots.of("evalsha", List.of("digest", 2, "foo", "{foo}:b"))).isEqualTo(12182);
    assertThat(Slots.of("get", List.of("foo"))).isEqualTo(12182);
    assertThat(Slots.of("eval", List.of("return 1", 0))).isEqualTo(Slots.ANY);
    assertThat(Slots.of("ping", List.of())).isEqualTo(Slots.ANY);
  }

  @Test
  void everyScriptOfALogStaysInOneSlot() {
    for (LogId log :
        List.of(LogId.ofTenant(TENANT), new LogId(TENANT, new Topic("callcenter:custom:x")))) {
      assertOneSlot(
          List.of(keys.log(log), keys.logMeta(log), keys.seen(TENANT, 1), keys.minted(TENANT, 2)));
    }
  }

  @Test
  void everyScriptOfPresenceStaysInOneSlot() {
    List<String> all = new ArrayList<>(keys.presenceState(TENANT));
    all.add(keys.presenceLeases(TENANT, USER));
    all.add(keys.presenceLeases(TENANT, new UserId("another")));

    assertOneSlot(all);
  }

  @Test
  void everyScriptOfAnInboxStaysInOneSlot() {
    assertOneSlot(List.of(keys.offline(TENANT, USER), keys.inboxIndex(TENANT, USER)));
  }

  private static void assertOneSlot(List<String> scriptKeys) {
    assertThat(scriptKeys.stream().map(Slots::of).distinct()).hasSize(1);
  }
}
