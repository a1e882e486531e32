package dev.switchboard.redis;

import dev.switchboard.config.LogsConfig;
import dev.switchboard.config.SwitchboardConfig.Limits;
import dev.switchboard.event.EventId;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.sealing.PayloadSeal;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The ordered logs of recent events. One Lua call assigns an event its position, stores it and
 * publishes it, at most once per event id.
 *
 * <p>Producers' event ids are remembered for a day, in windows of four hours; ids made by the
 * server for ten minutes, in windows of ten minutes. Few large hashes cost a tenth of what one key
 * per id would. Belongs to one event loop.
 */
public final class EventLog {
  /** How long a producer's event id is remembered. */
  public static final Duration REMEMBER_PRODUCER_IDS = Duration.ofHours(24);

  private static final long SEEN_WINDOW_MILLIS = Duration.ofHours(4).toMillis();
  private static final long MINTED_WINDOW_MILLIS = Duration.ofMinutes(10).toMillis();

  /**
   * How long an epoch outlives its last event: longer than the maximum age of any log, and than
   * kept events live.
   */
  public static final long META_SECONDS = Duration.ofDays(9).toSeconds();

  /** Takes the place of the position in the remembered answer to an event that was superseded. */
  private static final String SUPERSEDED = "-";

  /** How long the epoch of a log that was only read outlives the last reader. */
  private static final long EMPTY_META_SECONDS = Duration.ofHours(1).toSeconds();

  private final RedisCommands redis;
  private final Keys keys;
  private final LogsConfig bounds;
  private final TenantLimits limits;
  private final PayloadSeal seal;

  /** Bounds of one log, and of what a tenant has. */
  public record Bounds(LogsConfig ofLog, TenantLimits ofTenant) {}

  /** Over the commands of one event loop. */
  public EventLog(RedisCommands redis, Keys keys, Bounds bounds, PayloadSeal seal) {
    this.redis = redis;
    this.keys = keys;
    this.bounds = bounds.ofLog();
    this.limits = bounds.ofTenant();
    this.seal = seal;
  }

  /**
   * An event to publish.
   *
   * @param tenantChannel on which it is published too; null for none
   * @param body the envelope from {@code "event_id"} on
   * @param memory where the event id is looked for and remembered
   * @param answer a line that is stored with the id and returned to a repeat of the event
   * @param kept what it does to the log's state; null for most events
   */
  public record Publication(
      LogId log,
      String channel,
      @Nullable String tenantChannel,
      EventId event,
      byte[] body,
      IdMemory memory,
      String answer,
      @Nullable KeptWrite kept) {
    /** An event that is not kept, on one channel. */
    public Publication(
        LogId log, String channel, EventId event, byte[] body, IdMemory memory, String answer) {
      this(log, channel, null, event, body, memory, answer, null);
    }

    /** Names of channels contain no space. */
    private String channels() {
      return tenantChannel == null ? channel : channel + " " + tenantChannel;
    }
  }

  /** Whether an event with that producer's id was published within the last day. */
  public Future<Boolean> remembers(TenantId tenant, EventId event, long nowMillis) {
    List<String> windows = new ArrayList<>(9);
    addMemoryKeys(windows, tenant, IdMemory.PRODUCER, nowMillis);
    List<Future<Reply>> lookups = new ArrayList<>(windows.size());
    for (String window : windows.subList(1, windows.size())) {
      lookups.add(redis.send("hexists", List.of(window, event.value())));
    }
    return Future.all(lookups)
        .map(all -> all.<Reply>list().stream().anyMatch(r -> r.number() == 1));
  }

  /** Where an event id is remembered. */
  public enum IdMemory {
    /** Made by the server just now, so it can't have been published before. */
    MINTED_NOW,
    /** Made by the server for an earlier attempt whose outcome is unknown. */
    MINTED_BEFORE,
    /** Chosen by the producer. */
    PRODUCER
  }

  /**
   * What a publication may use of the limits of its tenant.
   *
   * @param rememberedIds maximum of the tenant's remembered producers' ids; 0 for no limit
   */
  public record Allowance(TenantShare share, long rememberedIds) {
    /** No limit applies. */
    public static final Allowance UNLIMITED = new Allowance(TenantShare.UNLIMITED, 0);
  }

  /** Result of a publication. */
  public sealed interface Outcome {
    /** The event was stored at that position and published. */
    record Published(LogPosition position) implements Outcome {}

    /**
     * The same, and it set or ended a state.
     *
     * @param since what was kept before this moment may be missing or outdated
     */
    record Kept(LogPosition position, Instant since) implements Outcome {}

    /**
     * A newer event of the key is known; nothing was published.
     *
     * @param before whether that was the answer to an earlier call with the same id
     */
    record Superseded(boolean before) implements Outcome {}

    /**
     * The state has no room for a new key; nothing was changed.
     *
     * @param bound which bound: {@code keys}, {@code bytes} or {@code topics}
     */
    record KeptFull(String bound) implements Outcome {}

    /**
     * An event with this id was published before; nothing was changed.
     *
     * @param position of that event
     * @param answer the line that was stored with it
     */
    record Duplicate(LogPosition position, String answer) implements Outcome {}

    /** The tenant has all topics, or bytes in their logs, that it may have; nothing was changed. */
    record LimitReached(TenantLimit limit) implements Outcome {}

    /** The tenant has its maximum of remembered event ids; nothing was changed. */
    record MemoryFull() implements Outcome {}
  }

  /**
   * Stores and publishes an event, unless its id is remembered.
   *
   * @param allowance what of the limits of its tenant it may use
   */
  public Future<Outcome> publish(Publication publication, Allowance allowance, long nowMillis) {
    LogId log = publication.log();
    List<String> scriptKeys = new ArrayList<>(12);
    scriptKeys.add(keys.log(log));
    scriptKeys.add(keys.logMeta(log));
    addMemoryKeys(scriptKeys, log.tenant(), publication.memory(), nowMillis);
    boolean producer = publication.memory() == IdMemory.PRODUCER;
    List<Object> arguments = new ArrayList<>(10);
    arguments.add(publication.channels());
    arguments.add(publication.body());
    arguments.add(publication.event().value());
    arguments.add(publication.answer());
    arguments.add(stored(publication.body()));
    arguments.add(epochSuffix());
    String numbers =
        producer
            ? bounds(
                REMEMBER_PRODUCER_IDS.toMillis() + SEEN_WINDOW_MILLIS, allowance.rememberedIds())
            : bounds(2 * MINTED_WINDOW_MILLIS, 0);
    arguments.add(log.topic() == null ? numbers : numbers + topicLimits(allowance.share()));
    if (publication.kept() != null) {
      addKept(publication.kept(), log, scriptKeys, arguments);
    }
    if (log.topic() != null) {
      addTopic(log, log.topic(), publication.kept() != null, scriptKeys, arguments);
    }
    Future<Reply> published = LuaScript.PUBLISH_EVENT.call(redis, scriptKeys, arguments);
    return redis.replicated(keys.log(log), published).map(reply -> outcome(log.tenant(), reply));
  }

  private String topicLimits(TenantShare share) {
    Limits config = limits.config();
    return " " + share.of(config.topics()) + " " + share.of(config.topicBytes().bytes());
  }

  private void addTopic(
      LogId log, Topic topic, boolean kept, List<String> scriptKeys, List<Object> arguments) {
    scriptKeys.addAll(keys.topicUsage(log.tenant()));
    if (!kept) {
      arguments.addAll(List.of("", ""));
    }
    arguments.add(topic.value());
  }

  private void addKept(
      KeptWrite write, LogId log, List<String> scriptKeys, List<Object> arguments) {
    scriptKeys.add(keys.kept(log));
    scriptKeys.add(keys.keptOrder(log));
    scriptKeys.add(keys.keptExpiry(log));
    arguments.addAll(write.arguments());
    if (log.topic() != null) {
      scriptKeys.add(keys.keptTopics(log.tenant()));
    }
  }

  /** Six numbers in one argument, because each argument of a script costs time. */
  private String bounds(long rememberMillis, long maxRememberedIds) {
    return (rememberMillis / 1000)
        + (" " + maxRememberedIds + " " + bounds.maxEvents())
        + (" " + bounds.maxAge().toMillis() + " " + bounds.maxBytes().bytes())
        + (" " + META_SECONDS);
  }

  /** The body as the log stores it; empty if that is the body as published. */
  private Object stored(byte[] body) {
    byte[] sealed = seal.seal(body);
    return sealed == body ? "" : sealed;
  }

  /**
   * Adds the window to write first, then those to read: one more on both sides than an exact clock
   * would need, because the clocks of nodes differ.
   */
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

  private Outcome outcome(TenantId tenant, Reply reply) {
    if (!reply.isList()) {
      return published(reply.text());
    }
    return switch (reply.at(0).text()) {
      case "superseded" -> new Outcome.Superseded(false);
      case "limit" ->
          new Outcome.LimitReached(
              limits.reached(tenant, TenantLimit.of(reply.at(1).text())).limit());
      case "kept_full" -> new Outcome.KeptFull(reply.at(1).text());
      case "duplicate" ->
          reply.at(1).text().equals(SUPERSEDED)
              ? new Outcome.Superseded(true)
              : new Outcome.Duplicate(position(reply.at(1).text()), reply.at(2).text());
      default -> new Outcome.MemoryFull();
    };
  }

  /**
   * Of a kept event the id is followed by a space and the moment since which nothing is missing.
   */
  private static Outcome published(String answer) {
    int space = answer.indexOf(' ');
    return space < 0
        ? new Outcome.Published(position(answer))
        : new Outcome.Kept(
            position(answer.substring(0, space)),
            Instant.ofEpochMilli(Long.parseLong(answer.substring(space + 1))));
  }

  private static LogPosition position(String text) {
    LogPosition position = LogPosition.parse(text);
    if (position == null) {
      throw new IllegalStateException("log/publish_event returned a malformed position");
    }
    return position;
  }

  /**
   * Reads up to {@code maxEvents} events behind a position.
   *
   * @param after null to learn the top only
   */
  public Future<LogPage> read(LogId log, @Nullable LogPosition after, int maxEvents) {
    return read(log, after, maxEvents, 0);
  }

  /** The same, but stops behind the event with which the page reaches that many bytes, unless 0. */
  public Future<LogPage> read(
      LogId log, @Nullable LogPosition after, int maxEvents, long enoughBytes) {
    List<String> scriptKeys = new ArrayList<>(List.of(keys.log(log), keys.logMeta(log)));
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                after == null ? "" : after.epoch(),
                after == null ? 0 : after.offset(),
                maxEvents,
                epochSuffix(),
                EMPTY_META_SECONDS,
                enoughBytes));
    limits.addTopic(keys, log, scriptKeys, arguments);
    return LuaScript.READ_LOG.call(redis, scriptKeys, arguments).map(this::page);
  }

  private LogPage page(Reply reply) {
    List<Reply> parts = reply.list();
    String epoch = parts.get(0).text();
    List<LogEvent> events = new ArrayList<>(parts.size() / 2);
    long unreadable = 0;
    for (int i = 2; i + 1 < parts.size(); i += 2) {
      long offset = Long.parseLong(parts.get(i).text());
      byte[] body = seal.open(parts.get(i + 1).bytes());
      LogEvent event = body == null ? null : LogEvent.of(new LogPosition(epoch, offset), body);
      if (event == null) {
        unreadable = offset;
      } else {
        events.add(event);
      }
    }
    long top = Long.parseLong(parts.get(1).text());
    return new LogPage(new LogPosition(epoch, top), events, unreadable);
  }

  /** Random part of the name of a new epoch. */
  public static String epochSuffix() {
    int random = ThreadLocalRandom.current().nextInt(36 * 36 * 36 * 36, Integer.MAX_VALUE);
    return Integer.toString(random, 36);
  }
}
