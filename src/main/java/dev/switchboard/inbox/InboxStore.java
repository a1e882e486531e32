package dev.switchboard.inbox;

import dev.switchboard.config.InboxConfig;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead.InboxPosition;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.inbox.InboxUsage.Size;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.LimitReachedException;
import dev.switchboard.redis.LuaScript;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import dev.switchboard.redis.TenantLimits;
import dev.switchboard.redis.TenantShare;
import dev.switchboard.sealing.PayloadSeal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the inboxes in Redis: one method per script in {@code lua/inbox}. Belongs to one event
 * loop.
 */
public final class InboxStore implements Inbox {
  private static final Logger log = LoggerFactory.getLogger(InboxStore.class);
  private static final int PAGE_MESSAGES = 100;
  private static final int PAGE_BYTES = 256 << 10;

  private static final LuaScript APPEND = LuaScript.APPEND_MESSAGE;
  private static final LuaScript READ = LuaScript.READ_MESSAGES;
  private static final LuaScript ADOPT = LuaScript.ADOPT_MESSAGE;
  private static final LuaScript REMOVE = LuaScript.REMOVE_MESSAGES;
  private static final LuaScript CLEAR = LuaScript.CLEAR_INBOX;

  private final RedisCommands redis;
  private final Keys keys;
  private final InboxConfig config;
  private final PayloadSeal seal;
  private final PushedMessages pushedMessages;
  private final InboxUsage usage;
  private final Drops drops;

  /** Bounds of the inbox of one user, and of those of a tenant. */
  public record Bounds(InboxConfig ofUser, TenantLimits ofTenant) {}

  /**
   * How messages are stored and read.
   *
   * @param seal encrypts payloads if that is configured
   * @param clock dates messages that other programs pushed without a timestamp
   */
  public record MessageFormat(PayloadSeal seal, Clock clock) {}

  /**
   * A message that was stored.
   *
   * @param replicated completes when replicas have it, or the time for that is over; never fails
   */
  public record Appended(InboxPosition position, Future<?> replicated) {}

  private record Drops(Counter overflowed, Counter expired, Counter malformed) {}

  /** Sends commands of the calling event loop. */
  public InboxStore(
      RedisCommands redis, Keys keys, Bounds bounds, MessageFormat format, MeterRegistry metrics) {
    this.redis = redis;
    this.keys = keys;
    this.config = bounds.ofUser();
    this.usage = new InboxUsage(redis, keys, bounds.ofTenant(), config.maxAge());
    this.seal = format.seal();
    this.pushedMessages = new PushedMessages(format.clock());
    this.drops =
        new Drops(
            dropped(metrics, "overflow"),
            dropped(metrics, "expired"),
            dropped(metrics, "malformed"));
  }

  private static Counter dropped(MeterRegistry metrics, String reason) {
    return Counter.builder("switchboard.inbox.dropped")
        .description("Inbox messages dropped before delivery, by reason")
        .tag("reason", reason)
        .register(metrics);
  }

  /**
   * Reserves room for messages that are about to be stored, all of one tenant.
   *
   * @return for each message, in their order, why it must not be stored; empty if it may
   */
  public Future<List<Optional<LimitReachedException>>> reserve(
      TenantId tenant, TenantShare share, List<InboxRoom> messages) {
    return usage
        .reserve(tenant, share, messages)
        .onSuccess(
            refusals -> {
              if (refusals.stream().anyMatch(Optional::isPresent)) {
                usage.compareSome(tenant, user -> size(tenant, user));
              }
            });
  }

  /** Frees room that was reserved for a message that was not stored after all. */
  public Future<?> freeReserved(TenantId tenant, UserId user) {
    return size(tenant, user).compose(size -> usage.settle(tenant, size));
  }

  private Future<Size> size(TenantId tenant, UserId user) {
    return REMOVE.call(redis, keysOf(tenant, user), List.of()).map(reply -> Size.of(user, reply));
  }

  /** The number of removed or changed messages; the size is settled. */
  private long settled(TenantId tenant, UserId user, Reply reply) {
    Future<?> unused = usage.settle(tenant, Size.of(user, reply));
    return reply.at(0).number();
  }

  /**
   * Stores an event, for which room was reserved, until a session of the user has proven receipt,
   * once per event id.
   *
   * @param body the envelope behind its id
   * @return its position, also if the inbox already held it
   */
  public Future<Appended> append(TenantId tenant, UserId user, EventId event, byte[] body) {
    List<String> scriptKeys = keysOf(tenant, user);
    Future<Reply> appended =
        APPEND.call(
            redis,
            scriptKeys,
            List.of(
                event,
                stored(body),
                config.maxAge().toMillis(),
                config.maxMessages(),
                config.maxBytes().bytes()));
    Future<?> replicated = redis.replicated(scriptKeys.get(0), appended);
    return appended.map(
        reply -> {
          Future<?> unused = usage.settle(tenant, Size.of(user, reply));
          drops.overflowed().increment((double) reply.at(1).number());
          drops.expired().increment((double) reply.at(2).number());
          InboxPosition position =
              new InboxPosition(
                  Long.parseLong(reply.at(3).text()), Long.parseLong(reply.at(4).text()));
          return new Appended(position, replicated);
        });
  }

  /** The position of a stored event; null if the inbox does not hold it. */
  public Future<@Nullable InboxPosition> find(TenantId tenant, UserId user, EventId event) {
    return redis
        .send("hget", List.of(keys.inboxIndex(tenant, user), "e:" + event.value()))
        .map(
            entry -> {
              String text = entry.isNil() ? "" : entry.text();
              int space = text.indexOf(' ');
              return space < 0
                  ? null
                  : InboxPosition.afterUnknown(Long.parseLong(text, 0, space, 10));
            });
  }

  private byte[] stored(byte[] body) {
    return Envelope.withoutPosition(seal.seal(body));
  }

  /** Messages that can't be decrypted are skipped and stay stored: their key may come back. */
  @Override
  public Future<List<InboxMessage>> read(TenantId tenant, UserId user, long after) {
    return READ.call(redis, keysOf(tenant, user), List.of(after, PAGE_MESSAGES, PAGE_BYTES))
        .compose(
            reply -> {
              List<Reply> parts = reply.list();
              List<Reply> rest = parts.subList(1, parts.size());
              return parts.get(0).text().equals("foreign")
                  ? adopt(tenant, user, rest.iterator()).compose(done -> read(tenant, user, after))
                  : page(tenant, user, rest);
            });
  }

  private Future<List<InboxMessage>> page(TenantId tenant, UserId user, List<Reply> parts) {
    List<InboxMessage> messages = new ArrayList<>(parts.size() / 3);
    long last = 0;
    for (int i = 0; i + 2 < parts.size(); i += 3) {
      last = Long.parseLong(parts.get(i).text());
      byte[] envelope = seal.open(parts.get(i + 2).bytes());
      if (envelope != null) {
        messages.add(new InboxMessage(last, new EventId(parts.get(i + 1).text()), envelope));
      }
    }
    boolean nothingReadable = messages.isEmpty() && !parts.isEmpty();
    return nothingReadable ? read(tenant, user, last) : Future.succeededFuture(messages);
  }

  /** One after the other, in their order. */
  private Future<Void> adopt(TenantId tenant, UserId user, Iterator<Reply> foreign) {
    return foreign.hasNext()
        ? adopt(tenant, user, foreign.next().bytes()).compose(done -> adopt(tenant, user, foreign))
        : Future.succeededFuture();
  }

  /** Replaces a pushed message by our form of it, or removes it if it is not an envelope. */
  private Future<Void> adopt(TenantId tenant, UserId user, byte[] pushed) {
    // A message of ours whose index was lost may be sealed.
    byte[] plain = seal.open(pushed);
    Event event = plain == null ? null : pushedMessages.read(tenant, user, plain);
    List<Object> arguments =
        event == null
            ? List.of(pushed, "", "", 0)
            : List.of(pushed, event.id(), stored(Envelope.body(event)), config.maxAge().toMillis());
    return ADOPT
        .call(redis, keysOf(tenant, user), arguments)
        .map(reply -> settled(tenant, user, reply))
        .onSuccess(
            changed -> {
              if (event == null && changed == 1) {
                drops.malformed().increment();
                warnOfMalformed(tenant, user, pushed);
              }
            })
        .mapEmpty();
  }

  private static void warnOfMalformed(TenantId tenant, UserId user, byte[] pushed) {
    log.atWarn()
        .addKeyValue("tenantId", tenant)
        .addKeyValue("userId", user)
        .addKeyValue("bytes", pushed.length)
        .log("Dropped a message pushed by another program: it is not a valid envelope");
  }

  @Override
  public Future<Long> remove(TenantId tenant, UserId user, List<EventId> events) {
    return events.isEmpty()
        ? Future.succeededFuture(0L)
        : REMOVE
            .call(redis, keysOf(tenant, user), events)
            .map(reply -> settled(tenant, user, reply));
  }

  /** Removes all messages; returns how many there were. */
  public Future<Long> clear(TenantId tenant, UserId user) {
    return CLEAR
        .call(redis, keysOf(tenant, user), List.of())
        .map(reply -> settled(tenant, user, reply));
  }

  private List<String> keysOf(TenantId tenant, UserId user) {
    return List.of(keys.offline(tenant, user), keys.inboxIndex(tenant, user));
  }
}
