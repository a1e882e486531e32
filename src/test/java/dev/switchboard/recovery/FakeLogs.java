package dev.switchboard.recovery;

import static java.util.Objects.requireNonNull;

import dev.switchboard.event.Envelope;
import dev.switchboard.event.Event;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.redis.LogPage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The logs of a server that can be trimmed and can lose all it has; what is read of them is seen at
 * one chosen moment and answered at another, or never.
 */
final class FakeLogs {
  private final Truth truth;
  private final Map<LogId, Log> logs = new HashMap<>();
  private final List<Read> reads = new ArrayList<>();
  private int epochs;

  FakeLogs(Truth truth) {
    this.truth = truth;
  }

  private static final class Log {
    private final NavigableMap<Long, byte[]> entries = new TreeMap<>();
    private final Set<String> events = new HashSet<>();
    private boolean everLost;
    private String epoch;
    private long top;

    Log(String epoch) {
      this.epoch = epoch;
    }
  }

  private static final class Read {
    private final Log log;
    private final @Nullable LogPosition after;
    private final int most;
    private final Promise<LogPage> promise = Promise.promise();
    private @Nullable LogPage seen;

    Read(Log log, @Nullable LogPosition after, int most) {
      this.log = log;
      this.after = after;
      this.most = most;
    }
  }

  private Log of(LogId id) {
    return logs.computeIfAbsent(id, unheard -> new Log("e" + ++epochs));
  }

  /** Appends an event; returns its envelope with its position. */
  byte[] append(Event event) {
    Log log = of(new LogId(event.tenant(), event.topic()));
    byte[] body = Envelope.body(event);
    log.entries.put(++log.top, body);
    log.events.add(event.id().value());
    truth.learn(truth(event, log));
    return Envelope.at(new LogPosition(log.epoch, log.top), body);
  }

  private static Truth.Event truth(Event event, Log log) {
    return new Truth.Event(
        log.epoch,
        log.top,
        event.id().value(),
        event.tenant().value(),
        event.type().value(),
        event.topic() == null ? null : event.topic().value(),
        event.user() == null ? null : event.user().value(),
        event.chatSession() == null ? null : event.chatSession().value());
  }

  LogPosition top(LogId id) {
    Log log = of(id);
    return new LogPosition(log.epoch, log.top);
  }

  /** Keeps only the newest. */
  void trim(LogId id, int kept) {
    Log log = of(id);
    log.entries.headMap(log.top - kept, true).clear();
    truth.lost(log.epoch, log.top - kept);
  }

  /** The server loses the log and begins a new epoch of it. */
  void lose(LogId id) {
    Log log = of(id);
    log.entries.clear();
    log.events.clear();
    log.everLost = true;
    truth.lost(log.epoch, Long.MAX_VALUE);
    log.epoch = "e" + ++epochs;
    log.top = 0;
  }

  /** Whether a log that was not lost has, or had before it was trimmed, the event. */
  boolean hold(String event) {
    return logs.values().stream().anyMatch(log -> log.events.contains(event));
  }

  /**
   * Whether a client that knows these positions may have missed events of a log for good. A node
   * may not know yet that a log has a new epoch, and then takes a position in it for a lost one.
   */
  boolean hasLost(LogId id, Map<String, Long> known) {
    Log log = of(id);
    Long after = known.get(log.epoch);
    boolean there =
        after != null
            && after <= log.top
            && (after == log.top
                || (!log.entries.isEmpty() && log.entries.firstKey() <= after + 1));
    return log.everLost || !there;
  }

  Future<LogPage> read(LogId id, @Nullable LogPosition after, int most) {
    Read read = new Read(of(id), after, most);
    reads.add(read);
    return read.promise.future();
  }

  int pending() {
    return reads.size();
  }

  /** The server sees the logs as they are now. */
  void see(int index) {
    Read read = reads.get(index);
    if (read.seen == null) {
      read.seen = page(read);
    }
  }

  private static LogPage page(Read read) {
    Log log = read.log;
    LogPosition after = read.after;
    List<LogEvent> events = new ArrayList<>();
    if (after != null && after.epoch().equals(log.epoch)) {
      log.entries.tailMap(after.offset(), false).entrySet().stream()
          .limit(read.most)
          .forEach(
              entry ->
                  events.add(
                      requireNonNull(
                          LogEvent.of(
                              new LogPosition(log.epoch, entry.getKey()), entry.getValue()))));
    }
    return new LogPage(new LogPosition(log.epoch, log.top), events);
  }

  /** The answer arrives. */
  void answer(int index) {
    see(index);
    Read read = reads.remove(index);
    read.promise.complete(read.seen);
  }

  /** No answer will come. */
  void fail(int index) {
    reads.remove(index).promise.fail("out of reach");
  }
}
