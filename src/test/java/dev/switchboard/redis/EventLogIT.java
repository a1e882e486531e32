package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.EventId;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.EventLog.Allowance;
import dev.switchboard.redis.EventLog.IdMemory;
import dev.switchboard.redis.EventLog.Outcome;
import dev.switchboard.redis.EventLog.Publication;
import dev.switchboard.redis.connection.RedisClients;
import dev.switchboard.sealing.PayloadSeal;
import dev.switchboard.support.TestLimits;
import dev.switchboard.support.TestRedis;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a log stores and remembers, also together with an older version of the script. */
class EventLogIT {
  private static final Vertx VERTX = Vertx.vertx();
  private static final int MAX_EVENTS = 100;
  private static final int MAX_BYTES = 65_536;
  private static final long NOW = 1_800_000_000_000L;
  private static final byte[] BODY =
      "\"event_id\":\"e\",\"type\":\"call.incoming\",\"tenant_id\":\"t\",\"timestamp\":\"2026-11-23T09:30:00.123Z\",\"payload\":1}"
          .getBytes(StandardCharsets.UTF_8);

  private static TestRedis redis;
  private static RedisCommands commands;
  private static EventLog log;

  @BeforeAll
  static void start() {
    redis = TestRedis.start("--databases", "16");
    SwitchboardConfig config =
        ConfigLoader.bind(
            "test",
            new JsonObject()
                .put(
                    "redis",
                    new JsonObject()
                        .put("mode", "standalone")
                        .put("timeout", "10s")
                        .put("nodes", new JsonArray().add(redis.address())))
                .put(
                    "logs",
                    new JsonObject().put("maxEvents", MAX_EVENTS).put("maxBytes", MAX_BYTES)),
            name -> null);
    commands = new RedisClients(VERTX, config.redis()).commands();
    PayloadSeal seal = new PayloadSeal(config.encryption(), new SimpleMeterRegistry());
    log =
        new EventLog(
            commands,
            new Keys("callcenter"),
            new EventLog.Bounds(config.logs(), TestLimits.ofDefaults()),
            seal);
  }

  @AfterAll
  static void stop() {
    Object unused = get(commands.close().eventually(VERTX::close));
    redis.close();
  }

  @Test
  void positionsFollowEachOtherAndAreRead() {
    LogPosition first = published("follow");
    for (int i = 0; i < 70; i++) {
      Object unused = published("follow");
    }

    LogPage page = get(log.read(LogId.ofTenant(new TenantId("follow")), first, 1_000));

    assertThat(page.events())
        .extracting(event -> event.position().offset())
        .containsExactly(range(2, 71));
    assertThat(page.after(first)).isEqualTo(page.events());
    assertThat(redis.cli("PTTL", stream("follow"))).satisfies(EventLogIT::isPositive);
    assertThat(redis.cli("TTL", meta("follow"))).satisfies(EventLogIT::isPositive);
  }

  @Test
  void logThatIsOnlyReadIsForgottenWithinAnHour() {
    LogId followed = LogId.ofTenant(new TenantId("followed"));
    LogPage first = get(log.read(followed, null, 1));
    assertThat(ttl("followed")).isBetween(3_000L, 3_600L);
    String unused = redis.cli("EXPIRE", meta("followed"), "5");

    LogPage second = get(log.read(followed, first.top(), 1));

    assertThat(second.top()).isEqualTo(first.top());
    assertThat(ttl("followed")).isBetween(3_000L, 3_600L);
    assertThat(published("followed").sameEpoch(first.top())).isTrue();
    assertThat(ttl("followed")).isGreaterThan(86_400L);
    LogPage third = get(log.read(followed, first.top(), 1));
    assertThat(third.events()).hasSize(1);
    assertThat(ttl("followed")).isGreaterThan(86_400L);
  }

  private static long ttl(String tenant) {
    return Long.parseLong(redis.cli("TTL", meta(tenant)).trim());
  }

  @Test
  void logIsBoundedInEvents() {
    for (int i = 0; i < 3 * MAX_EVENTS; i++) {
      Object unused = published("events");
      assertThat(length("events")).isLessThanOrEqualTo(MAX_EVENTS + MAX_EVENTS / 64);
    }
    assertThat(length("events")).isGreaterThanOrEqualTo(MAX_EVENTS);
  }

  @Test
  void logIsBoundedInBytesAndKeepsTheNewest() {
    byte[] large = new byte[MAX_BYTES / 4];
    LogPosition last = published("bytes");
    for (int i = 0; i < 20; i++) {
      last = published("bytes", large);
      assertThat(length("bytes")).isLessThanOrEqualTo(5);
    }
    LogPosition huge = published("bytes", new byte[2 * MAX_BYTES]);

    assertThat(huge.offset()).isEqualTo(last.offset() + 1);
    assertThat(length("bytes")).isEqualTo(1);
    assertThat(published("bytes").offset()).isEqualTo(huge.offset() + 1);
  }

  @Test
  void deletedLogContinuesAndExpires() {
    LogPosition before = published("deleted");
    assertThat(redis.cli("DEL", stream("deleted"))).isEqualTo("1");

    LogPosition after = published("deleted");

    assertThat(after).isEqualTo(new LogPosition(before.epoch(), before.offset() + 1));
    assertThat(redis.cli("PTTL", stream("deleted"))).satisfies(EventLogIT::isPositive);
  }

  @Test
  void repeatGetsTheFirstAnswerAndIdsExpire() {
    EventId id = new EventId("repeated");
    Outcome first = publish("repeats", id, IdMemory.PRODUCER, 1_000);

    Outcome second = publish("repeats", id, IdMemory.PRODUCER, 1_000);

    LogPosition position = ((Outcome.Published) first).position();
    assertThat(second).isEqualTo(new Outcome.Duplicate(position, "0 somewhere"));
    long window = NOW / 14_400_000;
    assertThat(redis.cli("TTL", "switchboard:seen:{repeats}:" + window))
        .satisfies(EventLogIT::isPositive);
  }

  @Test
  void rememberedIdsAreBoundedToTheLastOne() {
    for (int i = 0; i < 20; i++) {
      assertThat(publish("full", new EventId("id-" + i), IdMemory.PRODUCER, 20))
          .isInstanceOf(Outcome.Published.class);
    }

    assertThat(publish("full", new EventId("one-more"), IdMemory.PRODUCER, 20))
        .isInstanceOf(Outcome.MemoryFull.class);
    assertThat(publish("full", new EventId("id-7"), IdMemory.PRODUCER, 20))
        .isInstanceOf(Outcome.Duplicate.class);
    assertThat(publish("full", new EventId("unbounded"), IdMemory.PRODUCER, 0))
        .isInstanceOf(Outcome.Published.class);
  }

  @Test
  void logOfAnOlderVersionContinues() {
    writeAsBefore("older", "before", 1, 40, 0);

    LogPosition next = published("older");

    assertThat(next).isEqualTo(new LogPosition("before", 41));
    LogPage page = get(log.read(LogId.ofTenant(new TenantId("older")), before(1), 1_000));
    assertThat(page.events())
        .extracting(event -> event.position().offset())
        .containsExactly(range(2, 41));
  }

  @Test
  void expiredEntriesOfAnOlderVersionAreRemoved() {
    writeAsBefore("aged", "before", 1, 40, 3_600_000);

    assertThat(published("aged").offset()).isEqualTo(41);

    assertThat(length("aged")).isEqualTo(1);
  }

  @Test
  void olderVersionWritesTheSameLogDuringARollingUpgrade() {
    for (int i = 0; i < 40; i++) {
      Object unused = published("mixed");
    }
    String epoch = published("mixed").epoch();

    writeAsBefore("mixed", epoch, 42, 3 * MAX_EVENTS, 0);
    LogPosition next = published("mixed");

    assertThat(next).isEqualTo(new LogPosition(epoch, 3 * MAX_EVENTS + 1));
    assertThat(length("mixed")).isLessThanOrEqualTo(MAX_EVENTS + MAX_EVENTS / 64);
  }

  @Test
  void epochOfAnOlderVersionIsBoundedAtOnce() {
    for (int i = 0; i < 3 * MAX_EVENTS; i++) {
      Object unused = published("begun");
    }
    assertThat(redis.cli("DEL", stream("begun"))).isEqualTo("1");

    writeAsBefore("begun", "before", 1, MAX_EVENTS + 20, 0);

    assertThat(published("begun")).isEqualTo(before(MAX_EVENTS + 21));
    assertThat(length("begun")).isLessThanOrEqualTo(MAX_EVENTS + MAX_EVENTS / 64);
  }

  /** Entries and meta as the first published version of the script left them. */
  private static void writeAsBefore(String tenant, String epoch, int from, int to, long age) {
    long millis = Long.parseLong(redis.cli("EVAL", TIME, "0")) - age;
    for (int offset = from; offset <= to; offset++) {
      String bytes = Integer.toString(offset * BODY.length);
      String text = new String(BODY, StandardCharsets.UTF_8);
      String id = offset + "-0";
      assertThat(redis.cli("XADD", stream(tenant), id, "d", text, "t", millis + "", "b", bytes))
          .isEqualTo(id);
    }
    String unused =
        redis.cli(
            List.of(
                    "HSET " + meta(tenant) + " epoch " + epoch + " replid " + info("master_replid"),
                    " top " + to + " bytes " + to * BODY.length + " floor 0 until ",
                    (millis + 750_000) + " run " + info("run_id") + " touched " + millis)
                .stream()
                .reduce("", String::concat)
                .split(" "));
    unused = redis.cli("PEXPIREAT", stream(tenant), millis + 4_000_000 + "");
  }

  private static final String TIME =
      "local t = redis.call('TIME') return string.format('%.0f', t[1] * 1000)";

  private static String info(String name) {
    return redis
        .cli("INFO")
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).trim())
        .findFirst()
        .orElseThrow();
  }

  private static LogPosition before(long offset) {
    return new LogPosition("before", offset);
  }

  private static LogPosition published(String tenant) {
    return published(tenant, BODY);
  }

  private static LogPosition published(String tenant, byte[] body) {
    EventId id = new EventId(UUID.randomUUID().toString());
    Outcome outcome =
        get(
            log.publish(
                publication(tenant, id, body, IdMemory.MINTED_NOW), Allowance.UNLIMITED, NOW));
    return ((Outcome.Published) outcome).position();
  }

  private static Outcome publish(String tenant, EventId id, IdMemory memory, long mostIds) {
    return get(
        log.publish(
            publication(tenant, id, BODY, memory),
            new Allowance(TenantShare.SERVICES, mostIds),
            NOW));
  }

  private static Publication publication(String tenant, EventId id, byte[] body, IdMemory memory) {
    LogId of = LogId.ofTenant(new TenantId(tenant));
    return new Publication(of, "callcenter:calls:" + tenant, id, body, memory, "0 somewhere");
  }

  private static String stream(String tenant) {
    return "switchboard:log:{" + tenant + "}";
  }

  private static String meta(String tenant) {
    return "switchboard:log-meta:{" + tenant + "}";
  }

  private static int length(String tenant) {
    return Integer.parseInt(redis.cli("XLEN", stream(tenant)));
  }

  private static void isPositive(String number) {
    assertThat(Long.parseLong(number)).isPositive();
  }

  private static Long[] range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toArray(Long[]::new);
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
