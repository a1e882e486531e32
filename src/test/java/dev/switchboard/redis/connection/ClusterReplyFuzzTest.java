package dev.switchboard.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.fuzz.AnsweringRedis;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.RedisRefusedException;
import dev.switchboard.redis.Reply;
import dev.switchboard.redis.Slots;
import io.vertx.core.Future;
import java.util.List;

/**
 * What servers say of themselves and each other: INFO as the whole input, a redirection, and in the
 * lines of an input CLUSTER INFO and CLUSTER SLOTS. Each is read, or refused as a problem of Redis.
 */
class ClusterReplyFuzzTest extends FuzzTarget {
  private static final SwitchboardConfig CONFIG = ConfigLoader.defaults(name -> null);
  private static final ServerAddress ASKED = new ServerAddress("10.0.0.9", 7009);

  @Override
  protected void check(byte[] input) {
    String text = text(input);
    checkInfo(text);
    checkRedirection(text);
    List<String> lines = text.lines().toList();
    if (lines.size() >= 2) {
      checkSlots(AnsweringRedis.reply(lines.get(0)), AnsweringRedis.reply(lines.get(1)));
    }
    checkAddress(text);
  }

  private static void checkAddress(String text) {
    ServerAddress address;
    try {
      address = ServerAddress.parse(text);
    } catch (IllegalArgumentException malformed) {
      return;
    }
    if (!address.host().startsWith("[")) {
      assertThat(ServerAddress.parse(address.toString())).isEqualTo(address);
    }
  }

  private static void checkInfo(String info) {
    Future<List<String>> examined = RedisPreflight.examine(CONFIG.redis(), info);
    assertThat(examined.isComplete()).isTrue();
    if (examined.failed()) {
      assertThat(examined.cause()).isInstanceOf(RedisProblemException.class);
    }
  }

  private static void checkRedirection(String message) {
    RedisRefusedException refusal =
        RedirectedException.parse(message, ASKED, new IllegalStateException());
    if (refusal instanceof RedirectedException redirected) {
      assertThat(redirected.to().host()).isNotEmpty();
      assertThat(redirected.to().port()).isBetween(0, 65_535);
    }
  }

  private static void checkSlots(Reply info, Reply slots) {
    SlotMap map;
    try {
      map = SlotMap.parse(info, slots, ASKED);
    } catch (RedisProblemException malformed) {
      return;
    }
    assertThat(map.missing()).isBetween(0L, (long) Slots.COUNT);
    for (int slot = 0; slot < Slots.COUNT; slot += 1_000) {
      ServerAddress owner = map.owner(slot);
      assertThat(owner == null || map.contains(owner)).isTrue();
    }
    for (ServerAddress master : map.masters()) {
      assertThat(master.host()).isNotEmpty();
      assertThat(master.port()).isBetween(0, 65_535);
    }
  }
}
