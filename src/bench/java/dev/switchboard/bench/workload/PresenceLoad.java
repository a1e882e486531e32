package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.COMMANDS_PER_SECOND;
import static dev.switchboard.bench.measure.Metric.LARGEST_BURST;
import static dev.switchboard.bench.measure.Metric.REDIS_CPU_SHARE;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_SHARE;

import dev.switchboard.bench.measure.ProcessAccount;
import dev.switchboard.bench.measure.Results;
import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.SessionOpened;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.PresenceLoop;
import dev.switchboard.presence.PresenceStore;
import dev.switchboard.presence.PresenceVerticle;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.TenantLimits;
import dev.switchboard.redis.connection.RedisClients;
import dev.switchboard.time.LoopScheduler;
import dev.switchboard.time.RepeatingTasks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The heartbeats and the reaper of one node, with users but without their sockets. */
@Command(
    name = "presence",
    mixinStandardHelpOptions = true,
    description = "CPU and commands of one node's presence, below the sockets.")
public final class PresenceLoad implements Callable<Integer> {
  private static final int BATCH = 200;
  private static final long SAMPLE_MILLIS = 100;
  private static final double PERCENT = 100;

  @Option(names = "--redis-port", required = true)
  private int redisPort;

  @Option(names = "--redis-pid", defaultValue = "0", description = "its process, for CPU")
  private long redisPid;

  @Option(names = "--users", defaultValue = "50000", description = "default: ${DEFAULT-VALUE}")
  private int users;

  @Option(names = "--tenants", defaultValue = "20", description = "default: ${DEFAULT-VALUE}")
  private int tenants;

  @Option(names = "--warm-up", defaultValue = "40", description = "seconds")
  private int warmUp;

  @Option(names = "--seconds", defaultValue = "60", description = "default: ${DEFAULT-VALUE}")
  private int seconds;

  @Option(names = "--results", description = "file to append figures to")
  private @Nullable Path file;

  @Override
  public Integer call() throws Exception {
    System.out.printf("presence: %,d users of %d tenants, no sockets%n", users, tenants);
    Results results = new Results("switchboard", "presence", file, System.out);
    Vertx vertx = Vertx.vertx();
    Addresses.register(vertx);
    SwitchboardConfig config = config();
    RedisClients clients = new RedisClients(vertx, config.redis());
    RedisCommands commands = clients.commands();
    String unused =
        await(
            vertx.deployVerticle(
                new PresenceVerticle(
                    () -> loop(clients, config),
                    new RepeatingTasks(LoopScheduler.of(vertx), new SimpleMeterRegistry()))));
    openSessions(vertx);
    awaitOnline(commands);
    TimeUnit.SECONDS.sleep(warmUp);
    measure(commands, results);
    vertx.close().toCompletionStage().toCompletableFuture().join();
    return 0;
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private SwitchboardConfig config() {
    JsonObject json =
        new JsonObject()
            .put(
                "redis",
                new JsonObject()
                    .put("mode", "standalone")
                    .put("nodes", new JsonArray().add("127.0.0.1:" + redisPort)))
            .put(
                "auth", new JsonObject().put("jwtSecret", "no token is ever signed with this one"));
    return ConfigLoader.bind("bench", json, name -> null);
  }

  private static PresenceLoop loop(RedisClients clients, SwitchboardConfig config) {
    RedisCommands commands = clients.commands();
    PresenceStore store =
        new PresenceStore(
            commands,
            new Keys(config.redis().prefix()),
            config,
            new TenantLimits(config.limits(), new SimpleMeterRegistry()),
            new SimpleMeterRegistry());
    return new PresenceLoop(
        commands, store, config.presence(), "bench", (tenant, change) -> Future.succeededFuture());
  }

  /** As a storm of sign-ins brings them: not all in the same instant. */
  private void openSessions(Vertx vertx) throws InterruptedException {
    for (int i = 0; i < users; i++) {
      TenantId tenant = new TenantId("presence-" + i % tenants);
      Addresses.SESSION_OPENED.send(
          vertx, new SessionOpened("session-" + i, tenant, new UserId("user-" + i)));
      if (i % BATCH == BATCH - 1) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }

  private void awaitOnline(RedisCommands commands) throws Exception {
    long online = 0;
    while (online < users) {
      TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
      online = 0;
      for (int i = 0; i < tenants; i++) {
        String key = "callcenter:online:presence-" + i;
        online += await(commands.send("scard", List.of(key))).number();
      }
    }
  }

  private void measure(RedisCommands commands, Results results) throws Exception {
    ProcessAccount own = ProcessAccount.ownProcess();
    ProcessAccount redis = new ProcessAccount(redisPid);
    double ownBefore = own.cpuMicros();
    double redisBefore = redis.cpuMicros();
    long begun = System.nanoTime();
    long first = processed(commands);
    long before = first;
    long burst = 0;
    long samples = 0;
    while (System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(seconds)) {
      TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
      long now = processed(commands);
      burst = Math.max(burst, now - before - 1);
      before = now;
      samples++;
    }
    double micros = (System.nanoTime() - begun) / 1e3;
    results.add(SERVER_CPU_SHARE, PERCENT * (own.cpuMicros() - ownBefore) / micros);
    results.add(REDIS_CPU_SHARE, PERCENT * (redis.cpuMicros() - redisBefore) / micros);
    results.add(COMMANDS_PER_SECOND, (before - first - samples) / (micros / 1e6));
    results.count(LARGEST_BURST, burst);
  }

  /** A script counts as one command; what it calls is not counted again. */
  private static long processed(RedisCommands commands) throws Exception {
    String info = await(commands.send("info", List.of("stats"))).text();
    String line =
        info.lines()
            .filter(l -> l.startsWith("total_commands_processed:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.substring(line.indexOf(':') + 1).trim());
  }
}
