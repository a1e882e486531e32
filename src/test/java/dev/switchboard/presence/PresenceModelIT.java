package dev.switchboard.presence;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.SessionClosed.Reason;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.PresenceStore.Check;
import dev.switchboard.presence.PresenceStore.ClaimResult;
import dev.switchboard.presence.PresenceStore.LateCallException;
import dev.switchboard.presence.PresenceTable.Claim;
import dev.switchboard.presence.PresenceTable.Ended;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.connection.RedisClients;
import dev.switchboard.support.TestLimits;
import dev.switchboard.support.TestRedis;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
 * The scripts of presence on a real Redis, step by step compared with a model of what they are
 * meant to do.
 *
 * <p>Time is moved by making every key older. Moves are multiples of a minute and all periods end
 * at least 18 seconds off them, so that the test's own pace never decides anything. {@code
 * -Dpresence.model.tries=5000} makes it a long campaign.
 */
class PresenceModelIT {
  private static final int TRIES = Integer.getInteger("presence.model.tries", 50);
  private static final int MAX_TRIES = 100_000;
  private static final PresenceModel.Times TIMES =
      new PresenceModel.Times(138, 90, 90, 150, 930, 6);

  /** Shortest move, in seconds. */
  private static final long STEP = 60;

  private static final int USERS = 3;
  private static final int NODES = 3;
  private static final AtomicInteger TENANTS = new AtomicInteger();
  private static final AtomicInteger DONE = new AtomicInteger();

  private static @Nullable TestRedis redis;
  private static @Nullable Vertx vertx;
  private static @Nullable RedisCommands commands;
  private static @Nullable PresenceStore store;

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
                    .put("timeout", "30s")
                    .put("nodes", new JsonArray().add(redis.address())))
            .put("auth", new JsonObject().put("jwtSecret", "a secret of tests, long enough for it"))
            .put("sessions", new JsonObject().put("retryAfter", "60s"))
            .put(
                "presence",
                new JsonObject()
                    .put("lease", "90s")
                    .put("heartbeat", "45s")
                    .put("grace", "90s")
                    .put("remember", "930s")
                    .put("maxWaiting", 6));
    SwitchboardConfig config = ConfigLoader.bind("test", json, name -> null);
    commands = new RedisClients(vertx, config.redis()).commands();
    store =
        new PresenceStore(
            commands,
            new Keys("callcenter"),
            config,
            TestLimits.ofDefaults(),
            new SimpleMeterRegistry());
  }

  @AfterContainer
  static void stop() {
    await(requireNonNull(commands).close());
    await(requireNonNull(vertx).close());
    requireNonNull(redis).close();
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  enum Kind {
    OPEN,
    BEAT,
    CLOSE,
    KICK,
    DRAIN,
    REPEAT_OLD_CLAIM,
    REPEAT_OLD_CLOSE,
    DIE,
    DEVICE,
    DEVICE_GONE,
    LOOK,
    REAP,
    PASS,
    PUBLISH
  }

  /** A step; the numbers choose the node, the user and the duration. */
  record Step(Kind kind, int node, int user, int size) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.of(Kind.class),
            Arbitraries.integers().between(0, NODES - 1),
            Arbitraries.integers().between(0, USERS - 1),
            Arbitraries.integers().between(1, 4))
        .as(Step::new)
        .list()
        .ofMinSize(10)
        .ofMaxSize(60);
  }

  @Property(tries = MAX_TRIES, seed = "20261124")
  void everyScriptDoesWhatTheModelDoes(@ForAll("steps") List<Step> steps) {
    if (DONE.incrementAndGet() > TRIES) {
      return;
    }
    World world = new World();
    for (Step step : steps) {
      world.take(step);
      world.compare();
    }
    world.settle();
  }

  /** One node: its sessions and its incarnation. */
  private static final class Node {
    private String incarnation = "";
    private long number = 1;
    private final Map<String, Set<String>> sessions = new TreeMap<>();
  }

  /** A check that a reaper has not acted on yet. */
  private static final class Seen {
    private long judgedMillis;
    private final long judgedSeconds;
    private final List<UserId> due;

    Seen(Check check, long seconds) {
      this.judgedMillis = check.nowMillis();
      this.judgedSeconds = seconds;
      this.due = check.due();
    }
  }

  /** A tenant of its own, its data in Redis and the model. */
  private static final class World {
    private final TenantId tenant = new TenantId("model-" + TENANTS.incrementAndGet());
    private final Keys keys = new Keys("callcenter");
    private final PresenceModel model = new PresenceModel(TIMES);
    private final List<Node> nodes = new ArrayList<>();
    private final List<Seen> looks = new ArrayList<>();
    private final Map<String, Long> generations = new HashMap<>();
    private int names;

    World() {
      for (int i = 0; i < NODES; i++) {
        nodes.add(new Node());
        reborn(nodes.get(i));
      }
    }

    private void reborn(Node node) {
      node.incarnation = "n" + nodes.indexOf(node) + Incarnations.MARK + names++;
      node.number = 1;
    }

    private PresenceStore store() {
      return requireNonNull(store);
    }

    void take(Step step) {
      Node node = nodes.get(step.node());
      String user = "u" + step.user();
      switch (step.kind()) {
        case OPEN -> {
          node.sessions.computeIfAbsent(user, fresh -> new TreeSet<>()).add("s" + names++);
          claim(node, Map.of(user, Set.copyOf(node.sessions.get(user))));
        }
        case BEAT -> beat(node);
        case CLOSE -> close(node, user, Reason.CLOSED);
        case KICK -> close(node, user, Reason.KICKED);
        case DRAIN -> close(node, user, Reason.DRAINED);
        case REPEAT_OLD_CLAIM -> claimLate(node, user, step.size());
        case REPEAT_OLD_CLOSE -> closeLate(node, user, step.size());
        case DIE -> {
          node.sessions.clear();
          reborn(node);
        }
        case DEVICE -> claim(PresenceStore.DEVICE, 0, Map.of(user, Set.of("api")));
        case DEVICE_GONE -> close(PresenceStore.DEVICE, 0, user, "api", Reason.CLOSED);
        case LOOK -> look();
        case REAP -> reap();
        case PASS -> pass(STEP * step.size());
        case PUBLISH -> publish(user);
      }
    }

    private void beat(Node node) {
      if (!node.sessions.isEmpty()) {
        claim(node, Map.copyOf(node.sessions));
      }
    }

    /** A node that was declared dead claims everything again, as a new incarnation. */
    private void claim(Node node, Map<String, Set<String>> claims) {
      if (claim(node.incarnation, node.number++, claims).equals("fenced")) {
        reborn(node);
        assertThat(claim(node.incarnation, node.number++, node.sessions)).isEqualTo("held");
      }
    }

    private String claim(String owner, long number, Map<String, Set<String>> claims) {
      List<Claim> asked = new ArrayList<>();
      claims.forEach(
          (user, sessions) -> asked.add(new Claim(new UserId(user), List.copyOf(sessions))));
      String expected = model.claim(owner, number, claims);
      String answer;
      try {
        answer =
            await(store().claim(tenant, owner, number, asked)) instanceof ClaimResult.Held
                ? "held"
                : "fenced";
      } catch (LateCallException late) {
        answer = "late";
      }
      assertThat(answer).isEqualTo(expected);
      return answer;
    }

    /** A call that waited in a connection which broke must not count. */
    private void claimLate(Node node, String user, int by) {
      long number = Math.max(1, node.number - by);
      if (number < node.number) {
        String unused = claim(node.incarnation, number, Map.of(user, Set.of("late" + names++)));
      }
    }

    private void closeLate(Node node, String user, int by) {
      long number = Math.max(1, node.number - by);
      Set<String> sessions = node.sessions.get(user);
      // Behind the only claims of a dead incarnation nothing says that it is late; but then its
      // node does not live either.
      if (number < node.number && sessions != null) {
        close(node.incarnation, number, user, sessions.iterator().next(), Reason.CLOSED);
      }
    }

    private void close(Node node, String user, Reason reason) {
      Set<String> sessions = node.sessions.get(user);
      if (sessions == null) {
        return;
      }
      String session = sessions.iterator().next();
      boolean unused = sessions.remove(session);
      if (sessions.isEmpty()) {
        node.sessions.remove(user);
      }
      close(node.incarnation, node.number++, user, session, reason);
    }

    private void close(String owner, long number, String user, String session, Reason reason) {
      String expected =
          model.close(owner, number, user, session, reason.name().toLowerCase(Locale.ROOT));
      String answer = "ended";
      try {
        Ended ended = new Ended(new UserId(user), session, reason);
        Void unused = await(store().close(tenant, owner, number, List.of(ended)));
      } catch (LateCallException late) {
        answer = "late";
      }
      assertThat(answer).isEqualTo(expected);
    }

    private void look() {
      Check check = await(store().check(tenant));
      List<String> due = check.due().stream().map(UserId::value).toList();
      assertThat(due).as("users due for a check").containsAll(model.goneBy(model.now()));
      assertThat(due).as("due though they live").filteredOn(model.living()::contains).isEmpty();
      looks.add(new Seen(check, model.now()));
    }

    /** Acts on the oldest look, however long ago it was. */
    private void reap() {
      if (looks.isEmpty()) {
        look();
      }
      Seen seen = looks.remove(0);
      if (seen.due.isEmpty()) {
        return;
      }
      Set<String> expected =
          model.reap(seen.judgedSeconds, seen.due.stream().map(UserId::value).toList());
      Set<String> gone = new TreeSet<>();
      await(store().reap(tenant, seen.judgedMillis, seen.due))
          .forEach(waiting -> gone.add(waiting.user().value()));
      assertThat(gone).isEqualTo(expected);
    }

    private void publish(String user) {
      PresenceChange first =
          waiting().getOrDefault(user, List.of()).stream().findFirst().orElse(null);
      if (first != null) {
        List<PresenceChange> left = await(store().finish(tenant, first));
        model.published(user);
        assertThat(left).hasSize(model.unsent().getOrDefault(user, List.of()).size());
        // Published twice, as two nodes may: the second time removes nothing.
        assertThat(await(store().finish(tenant, first))).isEqualTo(left);
      }
    }

    private static final String MAKE_OLDER =
        """
        local by = tonumber(ARGV[1])
        for i, key in ipairs(KEYS) do
          if i == 2 then
            local all = redis.call('HGETALL', key)
            for j = 1, #all, 2 do
              local state, generation, time, reason =
                string.match(all[j + 1], '^(%S+) (%d+) (%d+) (%S+)$')
              local older = string.format('%.0f', tonumber(time) - by)
              local text = state .. ' ' .. generation .. ' ' .. older .. ' ' .. reason
              redis.call('HSET', key, all[j], text)
            end
          elseif redis.call('TYPE', key).ok == 'zset' then
            for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
              redis.call('ZINCRBY', key, -by, member)
            end
          end
        end
        return 1
        """;

    private void pass(long seconds) {
      model.pass(seconds);
      long millis = TimeUnit.SECONDS.toMillis(seconds);
      looks.forEach(seen -> seen.judgedMillis -= millis);
      List<String> all = new ArrayList<>(keys.presenceState(tenant));
      for (UserId user : everybody()) {
        all.add(keys.presenceLeases(tenant, user));
      }
      List<Object> arguments = new ArrayList<>();
      arguments.add(MAKE_OLDER);
      arguments.add(all.size());
      arguments.addAll(all);
      arguments.add(millis);
      assertThat(await(requireNonNull(commands).send("eval", arguments)).number()).isEqualTo(1);
    }

    private static List<UserId> everybody() {
      List<UserId> users = new ArrayList<>();
      for (int i = 0; i < USERS; i++) {
        users.add(new UserId("u" + i));
      }
      return users;
    }

    private Map<String, List<PresenceChange>> waiting() {
      Map<String, List<PresenceChange>> all = new TreeMap<>();
      await(store().check(tenant))
          .unsent()
          .forEach(unsent -> all.put(unsent.user().value(), unsent.changes()));
      return all;
    }

    /**
     * Compares the set of users online, the unsent changes and what the API reads with the model.
     */
    void compare() {
      assertThat(new TreeSet<>(await(store().online(tenant)))).isEqualTo(model.online());
      Map<String, List<PresenceChange>> waiting = waiting();
      waiting.forEach(this::assertRising);
      assertThat(waiting.keySet()).isEqualTo(model.unsent().keySet());
      model
          .unsent()
          .forEach(
              (user, expected) ->
                  assertThat(waiting.get(user))
                      .zipSatisfy(
                          expected, (seen, change) -> assertThat(change.allows(seen)).isTrue()));
      Set<String> online = new TreeSet<>();
      Map<String, Long> connections = new TreeMap<>();
      for (UserPresence user : await(store().read(tenant, everybody()))) {
        if (user.online()) {
          online.add(user.user().value());
        }
        if (user.connections() > 0) {
          connections.put(user.user().value(), (long) user.connections());
        }
      }
      assertThat(online).isEqualTo(model.online());
      assertThat(connections).isEqualTo(model.connections());
    }

    /** Changes alternate, and each has a greater generation than any before it. */
    private void assertRising(String user, List<PresenceChange> waiting) {
      long before = 0;
      boolean online = !waiting.get(0).online();
      for (PresenceChange change : waiting) {
        assertThat(change.generation()).isGreaterThan(before);
        assertThat(change.online()).isNotEqualTo(online);
        before = change.generation();
        online = change.online();
      }
      long newest = before;
      assertThat(generations.merge(user, newest, Math::max)).isEqualTo(newest);
    }

    /** In the end exactly the users with a live session are online. */
    void settle() {
      for (int round = 0; round < 6; round++) {
        nodes.forEach(this::beat);
        pass(STEP);
        looks.clear();
        look();
        reap();
        compare();
      }
      Set<String> living = new TreeSet<>();
      nodes.forEach(node -> living.addAll(node.sessions.keySet()));
      assertThat(model.online()).isEqualTo(living);
    }
  }
}
