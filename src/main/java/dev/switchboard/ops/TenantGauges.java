package dev.switchboard.ops;

import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;

/**
 * Gauges of the tenants in {@code metrics.tenants}: their sessions on this node, and their kept
 * events without a topic, which are read from Redis every 5 s. Belongs to one event loop.
 */
public final class TenantGauges {
  private static final Schedule SCHEDULE = Schedule.every(Duration.ofSeconds(5));

  private final RedisCommands redis;
  private final Keys keys;
  private final MeterRegistry metrics;
  private final List<Kept> kept;
  private final RepeatingTask task;

  /** Over the commands of one event loop; not started yet. */
  public TenantGauges(
      List<TenantId> tenants,
      RedisCommands redis,
      Keys keys,
      RepeatingTasks tasks,
      MeterRegistry metrics) {
    this.redis = redis;
    this.keys = keys;
    this.metrics = metrics;
    this.kept = tenants.stream().map(this::register).toList();
    this.task = tasks.task("tenant-gauges", SCHEDULE, this::read);
  }

  /** What Redis holds for one tenant. */
  private record Kept(LogId log, AtomicLong keys, AtomicLong bytes) {}

  private Kept register(TenantId tenant) {
    Kept values = new Kept(LogId.ofTenant(tenant), new AtomicLong(), new AtomicLong());
    Gauge unused =
        Gauge.builder("switchboard.tenant.kept.keys", values.keys(), AtomicLong::get)
            .description("Keys of a tenant's kept events without a topic; the same on every node")
            .tag("tenant", tenant.value())
            .register(metrics);
    unused =
        Gauge.builder("switchboard.tenant.kept", values.bytes(), AtomicLong::get)
            .description("Bytes of a tenant's kept events without a topic; the same on every node")
            .baseUnit("bytes")
            .tag("tenant", tenant.value())
            .register(metrics);
    return values;
  }

  /** Registers the gauge of the tenants' sessions, which needs no Redis. */
  public static void ofSessions(
      List<TenantId> tenants, ToIntFunction<TenantId> sessions, MeterRegistry metrics) {
    for (TenantId tenant : tenants) {
      Gauge unused =
          Gauge.builder("switchboard.tenant.sessions", tenant, sessions::applyAsInt)
              .description("Sessions of a tenant on this node")
              .tag("tenant", tenant.value())
              .strongReference(true)
              .register(metrics);
    }
  }

  /** Begins to read, on the event loop of the caller; does nothing without tenants. */
  public void start() {
    if (!kept.isEmpty()) {
      Future<Void> unused = task.startNow();
    }
  }

  /** Reads nothing more. */
  public void stop() {
    task.stop();
  }

  private Future<?> read() {
    return Future.join(kept.stream().map(this::read).toList());
  }

  private Future<?> read(Kept values) {
    Future<Reply> count = redis.send("hlen", List.of(keys.kept(values.log())));
    Future<Reply> size = redis.send("hget", List.of(keys.logMeta(values.log()), "kept_bytes"));
    return Future.join(
        count.onSuccess(reply -> values.keys().set(whole(reply))),
        size.onSuccess(reply -> values.bytes().set(whole(reply))));
  }

  private static long whole(Reply reply) {
    return reply.isNil() ? 0 : Long.parseLong(reply.text());
  }
}
