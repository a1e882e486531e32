package dev.switchboard.kept;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.Keep;
import dev.switchboard.event.KeptKey;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Payload;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.EventLog.IdMemory;
import dev.switchboard.redis.EventLog.Outcome;
import dev.switchboard.redis.EventLog.Publication;
import dev.switchboard.redis.KeptWrite;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.LogPage;
import dev.switchboard.redis.RedisCommands;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A snapshot and the log behind it give the state, however writes, ends of states and new epochs
 * fall between their steps.
 */
@SuppressWarnings("NullAway.Init")
class KeptSnapshotIT {
  private static final Vertx VERTX = Vertx.vertx();
  private static final KeptWrite.Limits LIMITS = new KeptWrite.Limits(40, 1 << 20, 2);
  private static final List<String> COLLECTIONS = List.of("queues", "agents");

  private static TestRedis redis;
  private static RedisCommands commands;
  private static EventLog eventLog;
  private static KeptStore store;

  @BeforeAll
  static void start() {
    redis = TestRedis.start("--loglevel", "warning");
    SwitchboardConfig config =
        ConfigLoader.bind(
            "test",
            new JsonObject()
                .put(
                    "redis",
                    new JsonObject()
                        .put("mode", "standalone")
                        .put("timeout", "20s")
                        .put("nodes", new JsonArray().add(redis.address()))),
            name -> null);
    commands = new RedisClients(VERTX, config.redis()).commands();
    Keys keys = new Keys("callcenter");
    PayloadSeal seal = new PayloadSeal(config.encryption(), new SimpleMeterRegistry());
    eventLog =
        new EventLog(
            commands, keys, new EventLog.Bounds(config.logs(), TestLimits.ofDefaults()), seal);
    store = new KeptStore(commands, keys, TestLimits.ofDefaults(), seal, new SimpleMeterRegistry());
  }

  @AfterAll
  static void stop() {
    Object unused = get(commands.close().eventually(VERTX::close));
    redis.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void clientHasTheLastEventOfEveryKeyAfterAnyInterleaving(long seed) {
    Run run = new Run(seed);

    for (int step = 0; step < 150; step++) {
      run.write();
      run.read();
    }
    run.finish();

    assertThat(run.lasting(run.client)).as("seed %d", seed).isEqualTo(run.lasting(run.truth));
    assertThat(run.storedBytes()).as("seed %d", seed).isEqualTo(run.bytes());
  }

  /** One writer, and one client that takes a snapshot whenever it has none. */
  private static final class Run {
    private final Random random;
    private final LogId log;
    private final Map<String, LogEvent> truth = new HashMap<>();
    private Map<String, LogEvent> client = new HashMap<>();
    private final List<EventId> known = new ArrayList<>();
    private @Nullable KeptStart snapshot;
    private Map<String, LogEvent> aside = new HashMap<>();
    private int published;
    private long after;
    private long lastPlace;
    private @Nullable LogPosition cursor;

    Run(long seed) {
      random = new Random(seed);
      Topic topic = seed % 3 == 0 ? new Topic("callcenter:custom:x") : null;
      log = new LogId(new TenantId("run-" + seed), topic);
    }

    void write() {
      int dice = random.nextInt(40);
      if (dice == 0) {
        beginEpoch();
      } else if (dice < 4 && !known.isEmpty()) {
        repeat();
      } else {
        publish(new EventId("e-" + published++));
      }
    }

    /** As after a fail-over: the log can't be continued. */
    private void beginEpoch() {
      String unused =
          redis.cli("HSET", "switchboard:log-meta:" + tagged(), "replid", "none", "run", "none");
    }

    private String tagged() {
      String tag = "{" + log.tenant() + "}";
      return log.topic() == null ? tag : tag + ":topic:" + log.topic();
    }

    private void repeat() {
      EventId id = known.get(random.nextInt(known.size()));
      assertThat(KeptSnapshotIT.publish(log, id, keep(), null))
          .isInstanceOf(Outcome.Duplicate.class);
    }

    private void publish(EventId id) {
      Keep keep = keep();
      LogEvent before = truth.get(keep.key().toString());
      Instant asOf = random.nextInt(5) == 0 ? Instant.now().minusMillis(random.nextInt(20)) : null;
      Outcome outcome = KeptSnapshotIT.publish(log, id, keep, asOf);
      if (outcome instanceof Outcome.Kept kept) {
        known.add(id);
        truth.put(
            keep.key().toString(),
            requireNonNull(LogEvent.of(kept.position(), body(log, id, keep))));
      } else {
        assertThat(outcome).isEqualTo(new Outcome.Superseded(false));
        assertThat(asOf).isNotNull();
        assertThat(before != null || keep instanceof Keep.Forget || !truth.isEmpty()).isTrue();
      }
    }

    private Keep keep() {
      KeptKey key = new KeptKey(COLLECTIONS.get(random.nextInt(2)), "k" + random.nextInt(12));
      if (random.nextInt(4) == 0) {
        return new Keep.Forget(key);
      }
      long lasts = random.nextInt(3) == 0 ? random.nextInt(30) : 3_600_000;
      return new Keep.Until(key, Instant.ofEpochMilli(System.currentTimeMillis() + lasts));
    }

    /** One step of the client: begin, a page, or the log behind. */
    void read() {
      if (random.nextInt(3) == 0) {
        return;
      }
      if (cursor != null) {
        follow(cursor);
      } else if (snapshot == null) {
        begin();
      } else {
        page(snapshot);
      }
    }

    private void begin() {
      snapshot = get(store.open(log));
      aside = new HashMap<>();
      after = 0;
      lastPlace = 0;
    }

    private void page(KeptStart start) {
      KeptStore.Range range =
          new KeptStore.Range(start, after, COLLECTIONS, 1 + random.nextInt(4), 1 << 17);
      KeptPage page = get(store.read(log, range));
      if (page == null) {
        snapshot = null;
        return;
      }
      page.events().forEach(event -> aside.put(keyOf(event), event));
      if (page.next() != null) {
        assertThat(page.next()).isGreaterThan(lastPlace).isLessThanOrEqualTo(start.place());
        after = lastPlace = page.next();
        return;
      }
      client = aside;
      cursor = start.top();
    }

    private void follow(LogPosition from) {
      LogPage page = get(eventLog.read(log, from, 3));
      List<LogEvent> events = page.after(from);
      if (events == null) {
        cursor = null;
        snapshot = null;
        return;
      }
      for (LogEvent event : events) {
        apply(event);
        cursor = event.position();
      }
    }

    private void apply(LogEvent event) {
      if (event.head().keep() instanceof Keep.Forget) {
        client.remove(keyOf(event));
      } else {
        client.put(keyOf(event), event);
      }
    }

    /** Reads until nothing is left to read. */
    void finish() {
      LogPosition top = get(eventLog.read(log, null, 1)).top();
      while (!top.equals(cursor)) {
        if (cursor != null) {
          follow(cursor);
        } else if (snapshot == null) {
          begin();
        } else {
          page(snapshot);
        }
      }
    }

    /** What counts now: neither forgotten nor ended; by key, with the event's id. */
    Map<String, String> lasting(Map<String, LogEvent> events) {
      Map<String, String> lasting = new HashMap<>();
      events.forEach(
          (key, event) -> {
            if (event.head().keep() instanceof Keep.Until until
                && until.end().isAfter(Instant.now().plusSeconds(60))) {
              lasting.put(key, event.position().toString());
            }
          });
      return lasting;
    }

    long storedBytes() {
      return get(store.open(log)).bytes();
    }

    long bytes() {
      String sum =
          "local n = 0 for _, text in ipairs(redis.call('HGETALL', KEYS[1])) do n = n + #text end"
              + " return n";
      return Long.parseLong(redis.cli("EVAL", sum, "1", "switchboard:kept:" + tagged()));
    }
  }

  private static String keyOf(LogEvent event) {
    return requireNonNull(event.head().keep()).key().toString();
  }

  private static Outcome publish(LogId log, EventId id, Keep keep, @Nullable Instant asOf) {
    KeptWrite write = new KeptWrite(keep, asOf, LIMITS);
    return publish(log, id, body(log, id, keep), write);
  }

  private static Outcome publish(LogId log, EventId id, byte[] body, KeptWrite write) {
    return get(
        eventLog.publish(
            new Publication(
                log, "callcenter:events", null, id, body, IdMemory.PRODUCER, "0 c", write),
            EventLog.Allowance.UNLIMITED,
            System.currentTimeMillis()));
  }

  private static byte[] body(LogId log, EventId id, Keep keep) {
    return Envelope.body(
        new Event(
            id,
            new EventType("queue.stats"),
            log.tenant(),
            Instant.EPOCH,
            null,
            keep,
            null,
            log.topic(),
            null,
            Payload.ofNormalised(("\"" + id + "\"").getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void lateSettlementPublishesWithoutTouchingANewerState() {
    LogId log = LogId.ofTenant(new TenantId("late"));
    Keep keep = new Keep.Until(new KeptKey("queues", "a"), Instant.now().plusSeconds(60));
    Instant acceptance = Instant.now().minusSeconds(5);

    Outcome newer = publish(log, new EventId("newer"), keep, null);
    KeptWrite late = new KeptWrite(keep, acceptance, null);
    Outcome settled = publish(log, new EventId("late"), body(log, new EventId("late"), keep), late);

    assertThat(newer).isInstanceOf(Outcome.Kept.class);
    assertThat(settled).isEqualTo(new Outcome.Superseded(false));
    byte[] plain = Envelope.withoutKeep(body(log, new EventId("late"), keep));
    assertThat(new String(plain, StandardCharsets.UTF_8)).doesNotContain("keep");
    assertThat(
            get(
                eventLog.publish(
                    new Publication(
                        log,
                        "callcenter:events",
                        new EventId("late"),
                        plain,
                        IdMemory.PRODUCER,
                        "0 c"),
                    EventLog.Allowance.UNLIMITED,
                    System.currentTimeMillis())))
        .isInstanceOf(Outcome.Published.class);
    assertThat(keys(log)).containsExactly("newer");
  }

  @Test
  void supersededEventGetsItsFirstAnswerAgain() {
    LogId log = LogId.ofTenant(new TenantId("superseded"));
    Keep keep = new Keep.Until(new KeptKey("queues", "a"), Instant.now().plusSeconds(60));
    Outcome unused = publish(log, new EventId("newer"), keep, null);
    Instant before = Instant.now().minusSeconds(5);

    assertThat(publish(log, new EventId("old"), keep, before))
        .isEqualTo(new Outcome.Superseded(false));
    assertThat(publish(log, new EventId("old"), keep, null))
        .isEqualTo(new Outcome.Superseded(true));
  }

  private static List<String> keys(LogId log) {
    KeptStart start = get(store.open(log));
    KeptPage page =
        requireNonNull(
            get(store.read(log, new KeptStore.Range(start, 0, List.of(), 256, 1 << 17))));
    return page.events().stream().map(event -> String.valueOf(event.head().id())).toList();
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }
}
