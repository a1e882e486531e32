package dev.switchboard.inbox;

import dev.switchboard.config.SwitchboardConfig.Inbox;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.LuaScript;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import dev.switchboard.sealing.PayloadSeal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The inboxes in Redis: one method for each script below {@code lua/inbox}. */
public final class InboxStore {
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
  private final Inbox config;
  private final Forms forms;
  private final Drops drops;

  /**
   * How messages are stored and understood.
   *
   * @param seal may encrypt their payloads
   * @param foreign understands those of other programs
   */
  public record Forms(PayloadSeal seal, ForeignMessages foreign) {}

  private record Drops(Counter overflowed, Counter expired, Counter malformed) {}

  /** Over a command path of the same event loop. */
  public InboxStore(
      RedisCommands redis, Keys keys, Inbox config, Forms forms, MeterRegistry metrics) {
    this.redis = redis;
    this.keys = keys;
    this.config = config;
    this.forms = forms;
    this.drops =
        new Drops(
            dropped(metrics, "overflow"),
            dropped(metrics, "expired"),
            dropped(metrics, "malformed"));
  }

  private static Counter dropped(MeterRegistry metrics, String reason) {
    return Counter.builder("switchboard.inbox.dropped")
        .description("Stored messages dropped before their user took them")
        .tag("reason", reason)
        .register(metrics);
  }

  /**
   * Stores an event for a user, once per event id.
   *
   * @param tail the envelope behind its id
   * @return whether it was stored now
   */
  public Future<Boolean> append(TenantId tenant, UserId user, EventId event, byte[] tail) {
    List<String> scriptKeys = keysOf(tenant, user);
    Future<Reply> appended =
        APPEND.call(
            redis,
            scriptKeys,
            List.of(
                event,
                stored(tail),
                config.maxAge().toMillis(),
                config.maxMessages(),
                config.maxBytes().bytes()));
    return redis
        .replicated(scriptKeys.get(0), appended)
        .map(
            reply -> {
              drops.overflowed().increment((double) reply.at(1).number());
              drops.expired().increment((double) reply.at(2).number());
              return reply.at(0).number() == 1;
            });
  }

  private byte[] stored(byte[] tail) {
    return Envelope.withoutPosition(forms.seal().seal(tail));
  }

  /**
   * A page of what waits behind a number, oldest first; empty at the end. What can't be decrypted
   * is passed over and stays stored: its key may come back.
   */
  public Future<List<InboxMessage>> read(TenantId tenant, UserId user, long after) {
    return READ.call(redis, keysOf(tenant, user), List.of(after, PAGE_MESSAGES, PAGE_BYTES))
        .compose(
            reply -> {
              List<Reply> parts = reply.list();
              List<Reply> rest = parts.subList(1, parts.size());
              return parts.get(0).text().equals("foreign")
                  ? takeIn(tenant, user, rest.iterator()).compose(done -> read(tenant, user, after))
                  : page(tenant, user, rest);
            });
  }

  private Future<List<InboxMessage>> page(TenantId tenant, UserId user, List<Reply> parts) {
    List<InboxMessage> messages = new ArrayList<>(parts.size() / 3);
    long last = 0;
    for (int i = 0; i + 2 < parts.size(); i += 3) {
      last = Long.parseLong(parts.get(i).text());
      byte[] envelope = forms.seal().open(parts.get(i + 2).bytes());
      if (envelope != null) {
        messages.add(new InboxMessage(last, new EventId(parts.get(i + 1).text()), envelope));
      }
    }
    boolean nothingReadable = messages.isEmpty() && !parts.isEmpty();
    return nothingReadable ? read(tenant, user, last) : Future.succeededFuture(messages);
  }

  /** One after the other, in their order. */
  private Future<Void> takeIn(TenantId tenant, UserId user, Iterator<Reply> strangers) {
    return strangers.hasNext()
        ? takeIn(tenant, user, strangers.next().bytes())
            .compose(done -> takeIn(tenant, user, strangers))
        : Future.succeededFuture();
  }

  private Future<Void> takeIn(TenantId tenant, UserId user, byte[] pushed) {
    // One of ours whose index is gone may be sealed.
    byte[] plain = forms.seal().open(pushed);
    Event event = plain == null ? null : forms.foreign().read(tenant, user, plain);
    List<Object> arguments =
        event == null
            ? List.of(pushed, "", "", 0)
            : List.of(pushed, event.id(), stored(Envelope.body(event)), config.maxAge().toMillis());
    return ADOPT
        .call(redis, keysOf(tenant, user), arguments)
        .onSuccess(
            taken -> {
              if (event == null && taken.number() == 1) {
                drops.malformed().increment();
                log.atWarn()
                    .addKeyValue("tenantId", tenant)
                    .addKeyValue("userId", user)
                    .addKeyValue("bytes", pushed.length)
                    .log("Dropped what another program pushed onto an inbox: it is no envelope");
              }
            })
        .mapEmpty();
  }

  /** Removes exactly these; answers how many were there. */
  public Future<Long> remove(TenantId tenant, UserId user, List<EventId> events) {
    return events.isEmpty()
        ? Future.succeededFuture(0L)
        : REMOVE.call(redis, keysOf(tenant, user), events).map(Reply::number);
  }

  /** Removes everything; answers how many there were. */
  public Future<Long> clear(TenantId tenant, UserId user) {
    return CLEAR.call(redis, keysOf(tenant, user), List.of()).map(Reply::number);
  }

  private List<String> keysOf(TenantId tenant, UserId user) {
    return List.of(keys.offline(tenant, user), keys.inboxIndex(tenant, user));
  }
}
