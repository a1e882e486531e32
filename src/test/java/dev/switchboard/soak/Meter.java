package dev.switchboard.soak;

import dev.switchboard.support.Scrape;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Measures a node from a jar and its stores. */
final class Meter {
  /**
   * Keys that live for longer than an hour, each with its bytes. Left out are remembered event ids,
   * and the list of a tenant's topics: one that was merely followed stays in it for an hour.
   */
  private static final String LASTING_KEYS =
      "local answer, cursor = {}, '0' repeat"
          + " local page = redis.call('SCAN', cursor, 'COUNT', 1000) cursor = page[1]"
          + " for _, key in ipairs(page[2]) do local ttl = redis.call('TTL', key)"
          + " if (ttl == -1 or ttl > 3600) and not string.find(key, '^switchboard:seen:')"
          + " and not string.find(key, '^switchboard:topics:') then"
          + " local bytes = redis.call('MEMORY', 'USAGE', key, 'SAMPLES', '0') or 0"
          + " answer[#answer + 1] = key .. ' ' .. bytes"
          + " end end until cursor == '0' return answer";

  /** Deliveries of deleted webhooks are deleted every ten minutes. */
  private static final String DELIVERIES =
      "SELECT count(*) FROM webhook_deliveries d WHERE accepted_at < now() - interval '15 minutes'"
          + " OR EXISTS (SELECT FROM webhooks w WHERE w.id = d.webhook_id)";

  private static final List<String> TABLES =
      List.of(
          "webhooks",
          "webhook_health",
          "webhook_rates",
          "webhook_breakers",
          "api_keys",
          "widget_keys");

  /** A node follows a log for ten seconds longer than its sessions do. */
  private static final Duration CALM = Duration.ofSeconds(12);

  private final TestNode node;
  private final Stores stores;
  private final CallCounter calls;
  private final Churn churn;

  Meter(TestNode node, Stores stores, CallCounter calls, Churn churn) {
    this.node = node;
    this.stores = stores;
    this.calls = calls;
    this.churn = churn;
  }

  /** Measures as soon as nothing has changed for some seconds, or after {@code longest}. */
  Reading read(Duration longest) {
    awaitCalm(longest);
    Histogram heap = Histogram.of(node.pid());
    Scrape scrape = Scrape.of(node);
    Map<Measure, Double> values = new EnumMap<>(Measure.class);
    values.put(Measure.HEAP, (double) heap.bytes());
    values.put(Measure.DIRECT, scrape.sum("jvm_buffer_memory_used_bytes", "id", "direct"));
    values.put(Measure.RESIDENT, residentBytes());
    values.put(Measure.DESCRIPTORS, scrape.sum("process_files_open_files"));
    values.put(Measure.THREADS, scrape.sum("jvm_threads_live_threads"));
    values.put(Measure.TIMERS, (double) heap.objects(".ScheduledFutureTask"));
    values.put(Measure.SESSIONS, scrape.sum("switchboard_sessions"));
    Map<String, Long> keys = lastingKeys();
    values.put(
        Measure.REDIS_BYTES, (double) keys.values().stream().mapToLong(Long::longValue).sum());
    values.put(Measure.REDIS_KEYS, (double) keys.size());
    values.put(Measure.ROWS, (double) (deliveries() + TABLES.stream().mapToLong(this::rows).sum()));
    values.put(Measure.ATTEMPTS, (double) Math.max(0, rows("webhook_logs") - calls.calls()));
    values.put(Measure.ACCEPTED, (double) Math.max(0, rows("accepted_events") - churn.owed()));
    return new Reading(values, heap, keys);
  }

  private void awaitCalm(Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    List<Object> seen = List.of();
    long since = System.nanoTime();
    while (System.nanoTime() < end) {
      List<Object> now = state();
      boolean idle = now.get(0).equals(0.0) && now.get(1).equals(0L);
      if (!now.equals(seen) || !idle) {
        seen = now;
        since = System.nanoTime();
      }
      if (System.nanoTime() - since > CALM.toNanos()) {
        return;
      }
      long next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
      Waiting.until("the next look", () -> System.nanoTime() > next);
    }
  }

  /** Sessions, deliveries, descriptors, keys. */
  private List<Object> state() {
    Scrape scrape = Scrape.of(node);
    return List.of(
        scrape.sum("switchboard_sessions"),
        deliveries(),
        scrape.sum("process_files_open_files"),
        lastingKeys().size());
  }

  private Map<String, Long> lastingKeys() {
    String all = stores.redis().cli("EVAL", LASTING_KEYS, "0");
    Map<String, Long> keys = new TreeMap<>();
    for (String one : all.substring(1, all.length() - 1).split(", ")) {
      int space = one.lastIndexOf(' ');
      keys.put(one.substring(0, space), Long.parseLong(one.substring(space + 1)));
    }
    return keys;
  }

  private long deliveries() {
    return Long.parseLong(stores.postgres().value(DELIVERIES));
  }

  private long rows(String table) {
    return Long.parseLong(stores.postgres().value("SELECT count(*) FROM " + table));
  }

  /** Zero where the system does not tell. */
  private double residentBytes() {
    Path status = Path.of("/proc", Long.toString(node.pid()), "status");
    if (!Files.exists(status)) {
      return 0;
    }
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToDouble(line -> 1024 * Double.parseDouble(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
