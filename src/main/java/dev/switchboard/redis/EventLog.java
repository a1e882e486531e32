package dev.switchboard.redis;

import dev.switchboard.config.SwitchboardConfig.Logs;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.EventId;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.sealing.PayloadSeal;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The ordered logs of recent events: one Lua call gives an event its place, keeps it and publishes
 * it, at most once per event id.
 *
 * <p>Producers' ids are remembered for a day in windows of four hours, ids made here for ten
 * minutes in windows of ten: few, large hashes cost a tenth of a key per id. Belongs to one event
 * loop.
 */
public final class EventLog {
  /** How long a producer's event id is remembered. */
  public static final Duration REMEMBER_PRODUCER_IDS = Duration.ofHours(24);

  private static final long SEEN_WINDOW_MILLIS = Duration.ofHours(4).toMillis();
  private static final long MINTED_WINDOW_MILLIS = Duration.ofMinutes(10).toMillis();

  /** A cursor older than this finds a new epoch: far beyond any log's age. */
  private static final long META_SECONDS = Duration.ofDays(7).toSeconds();

  private static final LuaScript PUBLISH = LuaScript.load("log/publish_event");
  private static final LuaScript READ = LuaScript.load("log/read_log");

  private final RedisCommands redis;
  private final Keys keys;
  private final Logs bounds;
  private final PayloadSeal seal;
  private final Random random = new Random();

  /** Over a command path of the same event loop. */
  public EventLog(RedisCommands redis, Keys keys, Logs bounds, PayloadSeal seal) {
    this.redis = redis;
    this.keys = keys;
    this.bounds = bounds;
    this.seal = seal;
  }

  /**
   * What to publish.
   *
   * @param tail the envelope behind its id
   * @param memory how long the event id is remembered
   * @param answer what a repeat is told beside the id; no longer than a line
   */
  public record Publication(
      LogId log, String channel, EventId event, byte[] tail, IdMemory memory, String answer) {}

  /** Whether a producer's event id was published within the time it is remembered. */
  public Future<Boolean> remembers(TenantId tenant, EventId event, long nowMillis) {
    List<String> windows = new ArrayList<>(9);
    addMemoryKeys(windows, tenant, IdMemory.PRODUCER, nowMillis);
    List<Future<Reply>> looks = new ArrayList<>(windows.size());
    for (String window : windows.subList(1, windows.size())) {
      looks.add(redis.send("hexists", List.of(window, event.value())));
    }
    return Future.all(looks).map(all -> all.<Reply>list().stream().anyMatch(r -> r.number() == 1));
  }

  /** Where an event id is remembered. */
  public enum IdMemory {
    /** Made here just now: nobody can have brought it before. */
    MINTED_NOW,
    /** Made here earlier, in an attempt whose outcome is unknown. */
    MINTED_BEFORE,
    /** Chosen by the producer. */
    PRODUCER
  }

  /** What became of a publication. */
  public sealed interface Outcome {
    /** It has its place and was published. */
    record Published(LogPosition place) implements Outcome {}

    /** The event id was published before; nothing was done. */
    record Duplicate(LogPosition place, String answer) implements Outcome {}

    /** The tenant's bound of remembered ids is reached; nothing was done. */
    record MemoryFull() implements Outcome {}
  }

  /** Publishes, unless the event id was seen. */
  public Future<Outcome> publish(Publication publication, long maxRememberedIds, long nowMillis) {
    LogId log = publication.log();
    List<String> scriptKeys = new ArrayList<>(12);
    scriptKeys.add(keys.log(log));
    scriptKeys.add(keys.logMeta(log));
    addMemoryKeys(scriptKeys, log.tenant(), publication.memory(), nowMillis);
    boolean producer = publication.memory() == IdMemory.PRODUCER;
    Future<Reply> published =
        PUBLISH.call(
            redis,
            scriptKeys,
            List.of(
                publication.channel(),
                publication.tail(),
                publication.event().value(),
                publication.answer(),
                stored(publication.tail()),
                epochSuffix(),
                producer
                    ? bounds(
                        REMEMBER_PRODUCER_IDS.toMillis() + SEEN_WINDOW_MILLIS, maxRememberedIds)
                    : bounds(2 * MINTED_WINDOW_MILLIS, 0)));
    return redis.replicated(keys.log(log), published).map(EventLog::outcome);
  }

  /** One argument, because Redis pays for each. */
  private String bounds(long rememberMillis, long maxRememberedIds) {
    return (rememberMillis / 1000)
        + (" " + maxRememberedIds + " " + bounds.maxEvents())
        + (" " + bounds.maxAge().toMillis() + " " + bounds.maxBytes().bytes())
        + (" " + META_SECONDS);
  }

  /** What the log keeps, if it is other bytes than those published. */
  private Object stored(byte[] tail) {
    byte[] sealed = seal.seal(tail);
    return sealed == tail ? "" : sealed;
  }

  /** The window before and after the wanted ones is read too, for nodes whose clocks differ. */
  private void addMemoryKeys(
      List<String> scriptKeys, TenantId tenant, IdMemory memory, long nowMillis) {
    if (memory == IdMemory.PRODUCER) {
      long window = nowMillis / SEEN_WINDOW_MILLIS;
      scriptKeys.add(keys.seen(tenant, window));
      long windows = REMEMBER_PRODUCER_IDS.toMillis() / SEEN_WINDOW_MILLIS;
      for (long w = window + 1; w >= window - windows; w--) {
        scriptKeys.add(keys.seen(tenant, w));
      }
      return;
    }
    long window = nowMillis / MINTED_WINDOW_MILLIS;
    scriptKeys.add(keys.minted(tenant, window));
    if (memory == IdMemory.MINTED_BEFORE) {
      for (long w = window + 1; w >= window - 2; w--) {
        scriptKeys.add(keys.minted(tenant, w));
      }
    }
  }

  /**
   * Names the keys that events with generated ids, published to the log in this time span, wrote.
   *
   * @param fromMillis begin of the time span, in milliseconds since 1970
   * @param toMillis end of the time span
   */
  public List<String> keysOf(LogId log, long fromMillis, long toMillis) {
    List<String> names = new ArrayList<>(List.of(keys.log(log), keys.logMeta(log)));
    for (long w = fromMillis / MINTED_WINDOW_MILLIS; w <= toMillis / MINTED_WINDOW_MILLIS; w++) {
      names.add(keys.minted(log.tenant(), w));
    }
    return names;
  }

  private static Outcome outcome(Reply reply) {
    if (!reply.isList()) {
      return new Outcome.Published(place(reply));
    }
    return reply.at(0).text().equals("duplicate")
        ? new Outcome.Duplicate(place(reply.at(1)), reply.at(2).text())
        : new Outcome.MemoryFull();
  }

  private static LogPosition place(Reply text) {
    LogPosition place = LogPosition.parse(text.text());
    if (place == null) {
      throw new IllegalStateException("the log answered a malformed id");
    }
    return place;
  }

  /** One event of a log. */
  public record Entry(long offset, byte[] tail) {}

  /**
   * Part of a log.
   *
   * @param top place of the newest event, with the log's current epoch
   * @param entries in order; none if the reader's epoch is over
   * @param unreadable the last offset whose payload can't be decrypted, so that it is no entry; 0
   *     if there is none
   */
  public record Page(LogPosition top, List<Entry> entries, long unreadable) {
    public Page {
      entries = List.copyOf(entries);
    }

    /** With every entry readable. */
    public Page(LogPosition top, List<Entry> entries) {
      this(top, entries, 0);
    }

    /** What is made of one event. */
    public interface Making<T> {
      T make(LogPosition place, EnvelopeHead head, byte[] envelope);
    }

    /** Its events with their places, in order; what is no envelope is left out. */
    public <T> List<T> events(Making<T> making) {
      List<T> events = new ArrayList<>(entries.size());
      for (Entry entry : entries) {
        LogPosition place = new LogPosition(top.epoch(), entry.offset());
        byte[] envelope = Envelope.at(place, entry.tail());
        EnvelopeHead head = EnvelopeHead.scan(envelope);
        if (head != null) {
          events.add(making.make(place, head, envelope));
        }
      }
      return events;
    }

    /** Whether the entries continue that place without a hole, as far as they go. */
    public boolean continues(LogPosition after) {
      if (!after.sameEpoch(top) || after.offset() > top.offset()) {
        return false;
      }
      long expected = after.offset() + 1;
      for (Entry entry : entries) {
        if (entry.offset() != expected++) {
          return false;
        }
      }
      return !entries.isEmpty() || after.offset() == top.offset();
    }
  }

  /** Reads what comes after a place; null only learns the top. */
  public Future<Page> read(LogId log, @Nullable LogPosition after, int maxEntries) {
    return read(log, after, maxEntries, 0);
  }

  /** The same, and no more once that many bytes are passed; 0 for any number. */
  public Future<Page> read(
      LogId log, @Nullable LogPosition after, int maxEntries, long enoughBytes) {
    return READ.call(
            redis,
            List.of(keys.log(log), keys.logMeta(log)),
            List.of(
                after == null ? "" : after.epoch(),
                after == null ? 0 : after.offset(),
                maxEntries,
                epochSuffix(),
                META_SECONDS,
                enoughBytes))
        .map(this::page);
  }

  private Page page(Reply reply) {
    List<Reply> parts = reply.list();
    LogPosition top = new LogPosition(parts.get(0).text(), Long.parseLong(parts.get(1).text()));
    List<Entry> entries = new ArrayList<>(parts.size() / 2);
    long unreadable = 0;
    for (int i = 2; i + 1 < parts.size(); i += 2) {
      long offset = Long.parseLong(parts.get(i).text());
      byte[] tail = seal.open(parts.get(i + 1).bytes());
      if (tail == null) {
        unreadable = offset;
      } else {
        entries.add(new Entry(offset, tail));
      }
    }
    return new Page(top, entries, unreadable);
  }

  private String epochSuffix() {
    return Integer.toString(random.nextInt(36 * 36 * 36 * 36, Integer.MAX_VALUE), 36);
  }
}
