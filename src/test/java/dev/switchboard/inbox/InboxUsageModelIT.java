package dev.switchboard.inbox;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.inbox.InboxStore.Bounds;
import dev.switchboard.inbox.InboxStore.MessageFormat;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.LimitReachedException;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.RedisRefusedException;
import dev.switchboard.redis.Reply;
import dev.switchboard.redis.TenantLimits;
import dev.switchboard.redis.TenantShare;
import dev.switchboard.redis.connection.RedisClients;
import dev.switchboard.sealing.PayloadSeal;
import dev.switchboard.support.TestRedis;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/**
 * The account of a tenant's inboxes against the inboxes themselves, on a real Redis: it never says
 * too little, its sum is that of its entries, nothing is admitted beyond the limits, and what lost
 * calls left is corrected by a look at each inbox.
 */
class InboxUsageModelIT {
  private static final int TRIES = 60;
  private static final int USERS = 5;
  private static final int MAX_USERS = 4;
  private static final long MAX_BYTES = 128 << 10;
  private static final Keys KEYS = new Keys("callcenter");
  private static final AtomicInteger NAMES = new AtomicInteger();

  private static @Nullable TestRedis redis;
  private static @Nullable Vertx vertx;
  private static @Nullable RedisCommands commands;
  private static @Nullable LosingCommands losing;
  private static @Nullable InboxStore store;

  @BeforeContainer
  static void start() {
    redis = TestRedis.start();
    vertx = Vertx.vertx();
    JsonObject json =
        new JsonObject()
            .put(
                "redis",
                new JsonObject()
                    .put("mode", "standalone")
                    .put("poolSize", 1)
                    .put("timeout", "30s")
                    .put("nodes", new JsonArray().add(redis.address())))
            .put("auth", new JsonObject().put("jwtSecret", "a secret of tests, long enough for it"))
            .put(
                "limits", new JsonObject().put("inboxUsers", MAX_USERS).put("inboxBytes", "128KiB"))
            .put("inbox", new JsonObject().put("maxMessages", 3));
    SwitchboardConfig config = ConfigLoader.bind("test", json, name -> null);
    SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    commands = new RedisClients(vertx, config.redis()).commands();
    losing = new LosingCommands(commands);
    store =
        new InboxStore(
            losing,
            KEYS,
            new Bounds(config.inbox(), new TenantLimits(config.limits(), metrics)),
            new MessageFormat(new PayloadSeal(config.encryption(), metrics), Clock.systemUTC()),
            metrics);
  }

  @AfterContainer
  static void stop() {
    Object unused = await(requireNonNull(commands).close());
    unused = await(requireNonNull(vertx).close());
    requireNonNull(redis).close();
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (ExecutionException | InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  enum Kind {
    ADD,
    ADD_AS_PERSON,
    ADD_AND_CRASH,
    RESERVE_AND_CRASH,
    REMOVE,
    REMOVE_AND_CRASH,
    CLEAR,
    VANISH
  }

  /** A step for one user. */
  record Step(Kind kind, int user, int bytes) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.of(Kind.class),
            Arbitraries.integers().between(0, USERS - 1),
            Arbitraries.integers().between(1, 40_000))
        .as(Step::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(40);
  }

  @Property(tries = TRIES, seed = "20261129")
  void accountNeverSaysTooLittleAndIsCorrected(@ForAll("steps") List<Step> steps) {
    World world = new World();
    for (Step step : steps) {
      world.take(step);
      world.check();
    }
    world.settle();
  }

  /** A tenant of its own. */
  private static final class World {
    private final TenantId tenant = new TenantId("usage-" + NAMES.incrementAndGet());
    private final Map<Integer, Deque<EventId>> stored = new TreeMap<>();
    private final InboxStore inbox = requireNonNull(store);

    void take(Step step) {
      UserId user = new UserId("u" + step.user());
      switch (step.kind()) {
        case ADD -> add(step, TenantShare.SERVICES, false);
        case ADD_AS_PERSON -> add(step, TenantShare.PEOPLE, false);
        case ADD_AND_CRASH -> add(step, TenantShare.SERVICES, true);
        case RESERVE_AND_CRASH -> reserve(step, TenantShare.SERVICES);
        case REMOVE -> remove(step, false);
        case REMOVE_AND_CRASH -> remove(step, true);
        case CLEAR -> {
          Object unused = await(inbox.clear(tenant, user));
          stored.remove(step.user());
        }
        case VANISH -> {
          String list = KEYS.offline(tenant, user);
          String unused = requireNonNull(redis).cli("DEL", list, KEYS.inboxIndex(tenant, user));
          stored.remove(step.user());
        }
      }
    }

    private boolean reserve(Step step, TenantShare share) {
      Account before = account();
      boolean known = before.bytes().containsKey("u" + step.user());
      Optional<LimitReachedException> refusal =
          await(
                  inbox.reserve(
                      tenant,
                      share,
                      List.of(new InboxRoom(new UserId("u" + step.user()), step.bytes()))))
              .get(0);
      boolean fits =
          (known || before.users() < share.of(MAX_USERS))
              && before.sum() + step.bytes() <= share.of(MAX_BYTES);
      assertThat(refusal.isEmpty()).isEqualTo(fits);
      return fits;
    }

    private void add(Step step, TenantShare share, boolean crash) {
      if (!reserve(step, share)) {
        return;
      }
      EventId event = new EventId("e" + NAMES.incrementAndGet());
      requireNonNull(losing).loses = crash;
      Object unused =
          await(inbox.append(tenant, new UserId("u" + step.user()), event, body(event, step)));
      requireNonNull(losing).loses = false;
      stored.computeIfAbsent(step.user(), user -> new ArrayDeque<>()).add(event);
    }

    private static byte[] body(EventId event, Step step) {
      String head = "\"event_id\":\"" + event + "\",\"payload\":\"";
      String rest = "x".repeat(Math.max(0, step.bytes() - head.length() - 2)) + "\"}";
      return (head + rest).getBytes(StandardCharsets.UTF_8);
    }

    private void remove(Step step, boolean crash) {
      Deque<EventId> events = stored.getOrDefault(step.user(), new ArrayDeque<>());
      if (events.isEmpty()) {
        return;
      }
      requireNonNull(losing).loses = crash;
      Object unused =
          await(inbox.remove(tenant, new UserId("u" + step.user()), List.of(events.removeFirst())));
      requireNonNull(losing).loses = false;
    }

    void check() {
      quiesce();
      Account account = account();
      assertThat(account.sum())
          .isEqualTo(account.bytes().values().stream().mapToLong(n -> n).sum());
      assertThat(account.users()).isEqualTo(account.bytes().size());
      for (int i = 0; i < USERS; i++) {
        assertThat(account.bytes().getOrDefault("u" + i, 0L) + OVERHEAD_OF_THE_ID)
            .as("user %s", i)
            .isGreaterThanOrEqualTo(size(i));
      }
    }

    /**
     * Waits for what follows an answer: a settlement, or after a refusal a comparison of three
     * steps. Answers come in the order of the commands.
     */
    private static void quiesce() {
      for (int i = 0; i < 4; i++) {
        Object unused = await(requireNonNull(commands).send("ping", List.of()));
      }
    }

    void settle() {
      for (int i = 0; i < USERS; i++) {
        Object unused = await(inbox.freeReserved(tenant, new UserId("u" + i)));
      }
      check();
      for (int i = 0; i < USERS; i++) {
        assertThat(account().bytes().getOrDefault("u" + i, 0L)).isEqualTo(size(i));
      }
    }

    /** An unsettled message takes a little more than was reserved: the position in front. */
    private static final long OVERHEAD_OF_THE_ID = 40 * 11;

    private long size(int user) {
      String index = KEYS.inboxIndex(tenant, new UserId("u" + user));
      String bytes = requireNonNull(redis).cli("HGET", index, "bytes");
      return bytes.equals("(nil)") ? 0 : Long.parseLong(bytes);
    }

    private record Account(long sum, long users, Map<String, Long> bytes) {}

    private Account account() {
      Map<String, Long> bytes = new TreeMap<>();
      long sum = 0;
      String usage = KEYS.inboxUsage(tenant).get(0);
      String all = requireNonNull(redis).cli("HGETALL", usage);
      String[] parts = all.substring(1, all.length() - 1).split(", ", -1);
      for (int i = 0; i + 1 < parts.length; i += 2) {
        if (parts[i].isEmpty()) {
          sum = Long.parseLong(parts[i + 1]);
        } else {
          bytes.put(parts[i], Long.parseLong(parts[i + 1].split(" ")[0]));
        }
      }
      String ends = KEYS.inboxUsage(tenant).get(1);
      return new Account(sum, Long.parseLong(requireNonNull(redis).cli("ZCARD", ends)), bytes);
    }
  }

  /** Loses settlements on demand, as a node does that dies before it sends them. */
  private static final class LosingCommands implements RedisCommands {
    private final RedisCommands all;
    private volatile boolean loses;

    LosingCommands(RedisCommands all) {
      this.all = all;
    }

    @Override
    public Future<Reply> send(String command, List<?> arguments) {
      boolean settles =
          arguments.size() > 2
              && arguments.get(2).toString().startsWith("switchboard:inbox-usage:");
      return settles && loses
          ? Future.failedFuture(new RedisRefusedException("lost"))
          : all.send(command, arguments);
    }

    @Override
    public <T> Future<T> replicated(String key, Future<T> write) {
      return all.replicated(key, write);
    }

    @Override
    public Future<Integer> publishEverywhere(String channel, String message) {
      return all.publishEverywhere(channel, message);
    }

    @Override
    public Future<Void> close() {
      return all.close();
    }
  }
}
