package dev.switchboard.inbox;

import dev.switchboard.config.SwitchboardConfig.Inbox;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.LuaScript;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** The inboxes in Redis: one method for each script below {@code lua/inbox}. */
public final class InboxStore {
  private static final int PAGE_MESSAGES = 100;
  private static final int PAGE_BYTES = 256 << 10;

  private static final LuaScript APPEND = LuaScript.load("inbox/append_message");
  private static final LuaScript READ = LuaScript.load("inbox/read_messages");
  private static final LuaScript REMOVE = LuaScript.load("inbox/remove_messages");
  private static final LuaScript CLEAR = LuaScript.load("inbox/clear_inbox");

  private final RedisCommands redis;
  private final Keys keys;
  private final Inbox config;
  private final Counter overflowed;
  private final Counter expired;

  /** Over a command path of the same event loop. */
  public InboxStore(RedisCommands redis, Keys keys, Inbox config, MeterRegistry metrics) {
    this.redis = redis;
    this.keys = keys;
    this.config = config;
    this.overflowed = dropped(metrics, "overflow");
    this.expired = dropped(metrics, "expired");
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
    return APPEND
        .call(
            redis,
            keysOf(tenant, user),
            List.of(
                event,
                Envelope.withoutPlace(tail),
                config.maxAge().toMillis(),
                config.maxMessages(),
                config.maxBytes().bytes()))
        .map(
            reply -> {
              overflowed.increment((double) reply.at(1).number());
              expired.increment((double) reply.at(2).number());
              return reply.at(0).number() == 1;
            });
  }

  /** A page of what waits behind a number, oldest first; empty at the end. */
  public Future<List<InboxMessage>> read(TenantId tenant, UserId user, long after) {
    return READ.call(redis, keysOf(tenant, user), List.of(after, PAGE_MESSAGES, PAGE_BYTES))
        .map(
            reply -> {
              List<Reply> parts = reply.list();
              List<InboxMessage> messages = new ArrayList<>(parts.size() / 3);
              for (int i = 0; i + 2 < parts.size(); i += 3) {
                messages.add(
                    new InboxMessage(
                        Long.parseLong(parts.get(i).text()),
                        new EventId(parts.get(i + 1).text()),
                        parts.get(i + 2).bytes()));
              }
              return messages;
            });
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
