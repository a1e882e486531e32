package dev.switchboard.inbox;

import dev.switchboard.config.SwitchboardConfig.Limits;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.LimitReachedException;
import dev.switchboard.redis.LuaScript;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import dev.switchboard.redis.TenantLimit;
import dev.switchboard.redis.TenantLimits;
import dev.switchboard.redis.TenantShare;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Accounts for what all inboxes of a tenant take, within its limits. Room is reserved before a
 * message is stored, and the entry of the inbox is settled with its true size whenever that has
 * changed. So a tenant may exceed its limits by no more than what is in flight.
 *
 * <p>An entry whose settlement was lost says too much, never too little. When a tenant reaches a
 * limit, its entries are compared with the inboxes, a part with each refusal. Belongs to one event
 * loop.
 */
final class InboxUsage {
  private static final int COMPARED_AT_ONCE = 100;
  private static final String START = "0";

  /** Takes the place of the cursor while a part is compared. */
  private static final String COMPARING = "";

  private final RedisCommands redis;
  private final Keys keys;
  private final TenantLimits limits;
  private final Duration kept;

  /** Where the comparison of a tenant's entries continues; only of tenants at a limit. */
  private final Map<TenantId, String> cursors = new HashMap<>();

  /**
   * For inboxes of the same event loop.
   *
   * @param kept how long a message is kept
   */
  InboxUsage(RedisCommands redis, Keys keys, TenantLimits limits, Duration kept) {
    this.redis = redis;
    this.keys = keys;
    this.limits = limits;
    this.kept = kept;
  }

  /** Size of an inbox at a time, in microseconds of the clock of its server. */
  record Size(UserId user, long bytes, long micros) {
    /** Reads the last two elements of the reply of a script. */
    static Size of(UserId user, Reply reply) {
      int elements = reply.size();
      return new Size(
          user,
          Long.parseLong(reply.at(elements - 2).text()),
          Long.parseLong(reply.at(elements - 1).text()));
    }
  }

  /** Reserves room for messages of one tenant; for each, why it is refused, in their order. */
  Future<List<Optional<LimitReachedException>>> reserve(
      TenantId tenant, TenantShare share, List<InboxRoom> messages) {
    Limits config = limits.config();
    List<Object> arguments = new ArrayList<>(3 + 2 * messages.size());
    arguments.add(kept.toMillis());
    arguments.add(share.of(config.inboxUsers()));
    arguments.add(share.of(config.inboxBytes().bytes()));
    for (InboxRoom message : messages) {
      arguments.add(message.user());
      arguments.add(message.bytes());
    }
    return LuaScript.RESERVE_ROOM
        .call(redis, keys.inboxUsage(tenant), arguments)
        .map(reply -> refusals(tenant, reply.list()));
  }

  private List<Optional<LimitReachedException>> refusals(TenantId tenant, List<Reply> parts) {
    Limits config = limits.config();
    long bytes = Long.parseLong(parts.get(1).text());
    limits.used(TenantLimit.INBOX_USERS, parts.get(0).number(), config.inboxUsers());
    limits.used(TenantLimit.INBOX_BYTES, bytes, config.inboxBytes().bytes());
    return parts.subList(2, parts.size()).stream()
        .map(Reply::text)
        .map(
            limit ->
                limit.isEmpty()
                    ? Optional.<LimitReachedException>empty()
                    : Optional.of(limits.reached(tenant, TenantLimit.of(limit))))
        .toList();
  }

  /** Records the size of an inbox that has changed. */
  Future<?> settle(TenantId tenant, Size size) {
    return LuaScript.SETTLE_USAGE.call(
        redis,
        keys.inboxUsage(tenant),
        List.of(size.user(), size.bytes(), size.micros(), kept.toMillis()));
  }

  /**
   * Compares the next entries of a tenant with its inboxes, unless that is happening.
   *
   * @param sizes reads the size of a user's inbox
   */
  void compareSome(TenantId tenant, Function<UserId, Future<Size>> sizes) {
    String cursor = cursors.getOrDefault(tenant, START);
    if (cursor.equals(COMPARING)) {
      return;
    }
    cursors.put(tenant, COMPARING);
    redis
        .send("hscan", List.of(keys.inboxUsage(tenant).get(0), cursor, "COUNT", COMPARED_AT_ONCE))
        .compose(page -> compare(tenant, page.at(1).list(), sizes).map(page.at(0).text()))
        .onComplete(
            next -> {
              cursors.remove(tenant);
              if (next.succeeded() && !next.result().equals(START)) {
                cursors.put(tenant, next.result());
              }
            });
  }

  private Future<?> compare(
      TenantId tenant, List<Reply> entries, Function<UserId, Future<Size>> sizes) {
    List<Future<?>> reads = new ArrayList<>(entries.size() / 2);
    for (int i = 0; i + 1 < entries.size(); i += 2) {
      String user = entries.get(i).text();
      if (!user.isEmpty()) {
        reads.add(sizes.apply(new UserId(user)).compose(size -> settle(tenant, size)));
      }
    }
    return Future.join(reads).otherwiseEmpty();
  }
}
