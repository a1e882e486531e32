package dev.switchboard.sessions.registry;

import static java.util.Objects.requireNonNull;

import dev.switchboard.sessions.session.Recovery;
import dev.switchboard.sessions.session.Session;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Metrics of the sessions of all event loops of the node: who is signed in and how, what is sent
 * and received, how late events are, and what reconnecting clients recover.
 */
public final class SessionMeters {
  /** Counted from 0, so that the first one is an increase. */
  private static final List<String> RESYNC_REASONS = List.of("trimmed", "epoch");

  private static final Duration[] DELIVERY_BOUNDS =
      Stream.of(2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 60_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry metrics;
  private final List<Traffic> loops = new CopyOnWriteArrayList<>();
  private final ConcurrentMap<Kind, AtomicInteger> signedIn = new ConcurrentHashMap<>();
  private final Map<Recovery, Counter> recoveries = new EnumMap<>(Recovery.class);
  private final ConcurrentMap<String, Counter> resyncs = new ConcurrentHashMap<>();
  private final Counter rateLimited;
  private final Timer delivery;

  private record Kind(boolean socket, String role) {}

  SessionMeters(MeterRegistry metrics) {
    this.metrics = metrics;
    total("sent", "Messages written to clients", Traffic::sentMessages);
    total(
        "sent.bytes",
        "Bytes of messages written to clients, before compression",
        Traffic::sentBytes);
    total("received", "Complete messages that clients sent", Traffic::receivedMessages);
    total(
        "received.bytes",
        "Bytes in the frames that clients sent, before decompression",
        Traffic::receivedBytes);
    Gauge unused =
        Gauge.builder("switchboard.sessions.queued", () -> sum(Traffic::queuedBytes))
            .description("Bytes that clients of this node have not read yet")
            .baseUnit("bytes")
            .register(metrics);
    recoveries.put(Recovery.COMPLETE, recovered(Recovery.COMPLETE));
    recoveries.put(Recovery.LOST, recovered(Recovery.LOST));
    RESYNC_REASONS.forEach(reason -> resyncs.put(reason, resyncsFor(reason)));
    rateLimited =
        Counter.builder("switchboard.rate.limited")
            .description("Calls and messages refused because a rate limit was exceeded")
            .tag("limit", "session")
            .register(metrics);
    delivery =
        Timer.builder("switchboard.events.delivery")
            .description(
                "Time from the acceptance of an event until an event loop wrote it to its sessions")
            .serviceLevelObjectives(DELIVERY_BOUNDS)
            .register(metrics);
  }

  private void total(String name, String description, ToLongFunction<Traffic> value) {
    FunctionCounter unused =
        FunctionCounter.builder("switchboard.messages." + name, this, meters -> meters.sum(value))
            .description(description)
            .register(metrics);
  }

  private double sum(ToLongFunction<Traffic> value) {
    return loops.stream().mapToLong(value).sum();
  }

  private Counter recovered(Recovery result) {
    return Counter.builder("switchboard.sessions.recoveries")
        .description(
            "Sessions that named a position when they began, by whether it could be continued")
        .tag("result", result.name())
        .register(metrics);
  }

  /** Makes the counters of one more event loop. */
  Traffic traffic() {
    Traffic traffic = new Traffic();
    loops.add(traffic);
    return traffic;
  }

  /** Counts a session that has got its principal. */
  void entered(Session session, String role) {
    int unused = signedIn.computeIfAbsent(kind(session, role), this::register).incrementAndGet();
  }

  /** Counts down what {@link #entered} counted. */
  void left(Session session, String role) {
    int unused = signedIn.computeIfAbsent(kind(session, role), this::register).decrementAndGet();
  }

  private static Kind kind(Session session, String role) {
    return new Kind(session.transport().isSocket(), role);
  }

  /** Roles are those of the configuration and the built-in ones, so the labels are bounded. */
  private AtomicInteger register(Kind kind) {
    AtomicInteger sessions = new AtomicInteger();
    Gauge unused =
        Gauge.builder("switchboard.sessions.signed.in", sessions, AtomicInteger::get)
            .description("Sessions with a principal on this node, by transport and role")
            .tag("transport", kind.socket() ? "websocket" : "sse")
            .tag("role", kind.role())
            .strongReference(true)
            .register(metrics);
    return sessions;
  }

  /** Counts a session that has become live. */
  void opened(Recovery recovery) {
    if (recovery != Recovery.NOT_ASKED) {
      requireNonNull(recoveries.get(recovery)).increment();
    }
  }

  /**
   * Counts a session that was told to reload.
   *
   * @param reason a constant of the server
   */
  void resynced(String reason) {
    resyncs.computeIfAbsent(reason, this::resyncsFor).increment();
  }

  private Counter resyncsFor(String reason) {
    return Counter.builder("switchboard.sessions.resyncs")
        .description("Live sessions that were told to reload what they show")
        .tag("reason", reason)
        .register(metrics);
  }

  /** Counts a client's message that was too many. */
  void rateLimited() {
    rateLimited.increment();
  }

  /** The time of day, in milliseconds since 1970. */
  long millis() {
    return metrics.config().clock().wallTime();
  }

  /** Records that an event was written that many milliseconds after its acceptance. */
  void delivered(long millis) {
    delivery.record(Math.max(0, millis), TimeUnit.MILLISECONDS);
  }
}
