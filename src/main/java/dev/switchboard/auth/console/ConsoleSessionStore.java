package dev.switchboard.auth.console;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Roles;
import dev.switchboard.config.pages.ConsoleConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The console sessions in Redis: each under the hash of its cookie until it was idle for too long,
 * and in an index of its tenant. Belongs to one event loop. Its futures fail if Redis does.
 */
public final class ConsoleSessionStore {
  /** Sessions of one tenant; one more ends the oldest. */
  static final int MAX_PER_TENANT = 100;

  /** A session that is used is written again after this part of the idle time. */
  private static final int TOUCHES_PER_IDLE_TIME = 20;

  private static final int MAX_USER_AGENT = 200;

  private final RedisCommands redis;
  private final Keys keys;
  private final Roles roles;
  private final ConsoleConfig config;
  private final Clock clock;

  /** Over the commands of one event loop. */
  public ConsoleSessionStore(
      RedisCommands redis, Keys keys, Roles roles, ConsoleConfig config, Clock clock) {
    this.redis = redis;
    this.keys = keys;
    this.roles = roles;
    this.config = config;
    this.clock = clock;
  }

  /** The browser that opens a session. */
  public record Browser(String address, String userAgent) {
    public Browser {
      userAgent =
          userAgent.length() > MAX_USER_AGENT ? userAgent.substring(0, MAX_USER_AGENT) : userAgent;
    }
  }

  /** A new session with the value of its cookie. */
  public record Created(ConsoleSession session, OpaqueSecret cookie) {}

  /**
   * Opens a session.
   *
   * @param kind kind of the credential, or {@code ticket}
   * @param holder the present principal of the credential
   */
  public Future<Created> open(
      Credential credential, String kind, Principal holder, Browser browser) {
    OpaqueSecret cookie = OpaqueSecret.generate("");
    Instant now = clock.instant();
    Instant latest = now.plus(config.sessionLifetime());
    Instant expires = holder.expires().isBefore(latest) ? holder.expires() : latest;
    ConsoleSession session =
        new ConsoleSession(
            cookie.hash(),
            credential,
            tenantOf(holder),
            new ConsoleSession.Opened(
                kind, holder.name(), browser.address(), browser.userAgent(), now, expires),
            now);
    return makeRoom(session.tenant())
        .compose(room -> write(session, now, "nx"))
        .compose(written -> addToIndex(session))
        .map(added -> new Created(session, cookie));
  }

  private static @Nullable TenantId tenantOf(Principal holder) {
    if (holder instanceof Principal.Participant person) {
      return person.tenant();
    }
    return ((Principal.Service) holder).tenant();
  }

  private Future<Void> makeRoom(@Nullable TenantId tenant) {
    String index = keys.consoleSessions(tenant);
    long oldest = clock.millis() - config.sessionLifetime().toMillis();
    return redis
        .send("zremrangebyscore", List.of(index, "-inf", oldest))
        .compose(removed -> redis.send("zrange", List.of(index, 0, -1)))
        .compose(
            members -> {
              List<Future<?>> ended = new ArrayList<>();
              List<Reply> present = members.list();
              for (int i = 0; i <= present.size() - MAX_PER_TENANT; i++) {
                ended.add(end(present.get(i).text(), tenant));
              }
              return Future.all(ended).mapEmpty();
            });
  }

  private Future<Void> addToIndex(ConsoleSession session) {
    String index = keys.consoleSessions(session.tenant());
    return redis
        .send("zadd", List.of(index, session.opened().at().toEpochMilli(), session.key()))
        .compose(
            added -> redis.send("pexpire", List.of(index, config.sessionLifetime().toMillis())))
        .mapEmpty();
  }

  /** Writes a session for as long as it may be idle. */
  private Future<Void> write(ConsoleSession session, Instant now, String condition) {
    Duration left = Duration.between(now, session.opened().expires());
    Duration idle = config.idle().compareTo(left) < 0 ? config.idle() : left;
    long millis = Math.max(1, idle.toMillis());
    return redis
        .send(
            "set",
            List.of(keys.consoleSession(session.key()), session.write(), condition, "px", millis))
        .mapEmpty();
  }

  /** Finds the session of a cookie, and notes that it is used; empty if it has ended. */
  public Future<Optional<ConsoleSession>> find(String cookie) {
    Instant now = clock.instant();
    return read(new OpaqueSecret(cookie).hash())
        .map(found -> found.filter(session -> now.isBefore(session.opened().expires())))
        .compose(
            found ->
                found.isPresent() && isWorthWriting(found.get(), now)
                    ? write(found.get().seenAt(now), now, "xx").map(found)
                    : Future.succeededFuture(found));
  }

  private boolean isWorthWriting(ConsoleSession session, Instant now) {
    Duration interval = config.idle().dividedBy(TOUCHES_PER_IDLE_TIME);
    return !now.isBefore(session.seen().plus(interval));
  }

  private Future<Optional<ConsoleSession>> read(String key) {
    return redis
        .send("get", List.of(keys.consoleSession(key)))
        .map(
            reply ->
                StoredRecord.read(
                    "console session", reply, json -> ConsoleSession.read(key, json, roles)));
  }

  /** Lists the sessions of a tenant's callers, or those of callers of all tenants if it is null. */
  public Future<List<ConsoleSession>> list(@Nullable TenantId tenant) {
    return members(tenant)
        .compose(
            members ->
                Future.all(members.stream().map(this::read).toList())
                    .map(
                        read ->
                            read.<Optional<ConsoleSession>>list().stream()
                                .filter(Objects::nonNull)
                                .flatMap(Optional::stream)
                                .toList()));
  }

  private Future<List<String>> members(@Nullable TenantId tenant) {
    return redis
        .send("zrange", List.of(keys.consoleSessions(tenant), 0, -1))
        .map(reply -> reply.list().stream().map(Reply::text).toList());
  }

  /** Ends the session of that id, if it is one of the tenant's; answers whether there was one. */
  public Future<Boolean> endById(String id, @Nullable TenantId tenant) {
    return members(tenant)
        .compose(
            members ->
                members.stream()
                    .filter(key -> ConsoleSession.idOf(key).equals(id))
                    .findFirst()
                    .map(key -> end(key, tenant))
                    .orElseGet(() -> Future.succeededFuture(false)));
  }

  public Future<Boolean> end(ConsoleSession session) {
    return end(session.key(), session.tenant());
  }

  private Future<Boolean> end(String key, @Nullable TenantId tenant) {
    return redis
        .send("del", List.of(keys.consoleSession(key)))
        .compose(
            deleted ->
                redis
                    .send("zrem", List.of(keys.consoleSessions(tenant), key))
                    .map(removed -> deleted.number() > 0));
  }
}
