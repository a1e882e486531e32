package dev.switchboard.presence;

import dev.switchboard.config.PresenceConfig;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.PresenceTable.Claim;
import dev.switchboard.presence.PresenceTable.Ended;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.LuaScript;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import dev.switchboard.redis.TenantLimit;
import dev.switchboard.redis.TenantLimits;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The presence data in Redis: one method for each script below {@code lua/presence}, and the keys
 * that hold each user's last heartbeat. Belongs to one event loop.
 */
public final class PresenceStore {
  /** Owner of the leases of devices without a socket. */
  static final String DEVICE = "device";

  /** Call number of an owner that is not an incarnation. */
  static final long UNNUMBERED = 0;

  private static final String DRAINED = "drained";
  private static final String LATE = "late";
  private static final int MAX_PER_CHECK = 200;
  private static final Duration KEEP_EMPTY_TENANTS = Duration.ofHours(1);

  private static final LuaScript ASSERT = LuaScript.ASSERT_SESSIONS;
  private static final LuaScript CLOSE = LuaScript.CLOSE_SESSIONS;
  private static final LuaScript CHECK = LuaScript.LIST_REAPER_WORK;
  private static final LuaScript REAP = LuaScript.REAP_USERS;
  private static final LuaScript FINISH = LuaScript.FINISH_CHANGE;
  private static final LuaScript READ = LuaScript.READ_USERS;
  private static final LuaScript REGISTER = LuaScript.REGISTER_TENANTS;
  private static final LuaScript FORGET = LuaScript.FORGET_TENANT;

  private final RedisCommands redis;
  private final Keys keys;
  private final PresenceConfig config;
  private final LeaseTimes times;
  private final Duration drainHold;
  private final TenantLimits limits;
  private final Counter dropped;

  /** Sends its commands over {@code redis}, of the same event loop. */
  public PresenceStore(
      RedisCommands redis,
      Keys keys,
      SwitchboardConfig config,
      TenantLimits limits,
      MeterRegistry metrics) {
    this.redis = redis;
    this.keys = keys;
    this.config = config.presence();
    this.times = LeaseTimes.of(config.presence());
    this.limits = limits;
    this.drainHold = config.drainHold();
    this.dropped =
        Counter.builder("switchboard.presence.dropped")
            .description("Presence changes dropped because too many of the same user were waiting")
            .register(metrics);
  }

  /** All changes of a user that are not published yet, oldest first. */
  record UnsentChanges(UserId user, List<PresenceChange> changes) {
    UnsentChanges {
      changes = List.copyOf(changes);
    }
  }

  /** Answer to a claim. */
  sealed interface ClaimResult {
    /** The leases were renewed; {@code unsent} has the users who came online. */
    record Held(long nowMillis, List<UnsentChanges> unsent) implements ClaimResult {
      public Held {
        unsent = List.copyOf(unsent);
      }
    }

    /** The incarnation was declared dead; nothing was done. */
    record Fenced() implements ClaimResult {}
  }

  /**
   * A tenant's work for a reaper.
   *
   * @param nowMillis Redis TIME of the check
   * @param size number of users and incarnations of nodes the tenant has data of
   * @param hasEndedNodes whether the lease of such an incarnation has ended
   * @param due users whose state must be checked
   * @param unsent users with changes that are not published yet
   */
  record Check(
      long nowMillis,
      long size,
      boolean hasEndedNodes,
      List<UserId> due,
      List<UnsentChanges> unsent) {
    Check {
      due = List.copyOf(due);
      unsent = List.copyOf(unsent);
    }

    /** Whether there is something to reap. */
    boolean hasWork() {
      return !due.isEmpty() || hasEndedNodes;
    }
  }

  /** Registers tenants for the checks of the reapers. */
  Future<Void> register(Collection<TenantId> tenants) {
    return REGISTER.call(redis, List.of(keys.presenceTenants()), List.copyOf(tenants)).mapEmpty();
  }

  /** Returns the tenants that have presence data. */
  Future<List<TenantId>> tenants() {
    return redis
        .send("zrange", List.of(keys.presenceTenants(), 0, -1))
        .map(reply -> reply.list().stream().flatMap(PresenceStore::tenant).toList());
  }

  /** Leaves out a foreign entry, which must not keep all tenants from being checked. */
  private static Stream<TenantId> tenant(Reply member) {
    try {
      return Stream.of(new TenantId(member.text()));
    } catch (InvalidNameException strange) {
      return Stream.empty();
    }
  }

  /** Removes the tenant from the checks of the reapers, unless it was registered recently. */
  Future<Void> forget(TenantId tenant) {
    return FORGET
        .call(
            redis, List.of(keys.presenceTenants()), List.of(tenant, KEEP_EMPTY_TENANTS.toSeconds()))
        .mapEmpty();
  }

  /**
   * Starts sessions or keeps them alive.
   *
   * @param number of this call among those of the owner
   * @return fails with a {@link LateCallException} if a later call of the owner has arrived, and
   *     with a {@link dev.switchboard.redis.LimitReachedException} for a device if the tenant has
   *     too many users
   */
  Future<ClaimResult> claim(TenantId tenant, String owner, long number, List<Claim> claims) {
    List<Object> arguments = new ArrayList<>(7 + 3 * claims.size());
    arguments.add(owner);
    arguments.add(number);
    arguments.add(leaseOf(owner).toMillis());
    arguments.add(config.maxWaiting());
    arguments.add(limits.config().presenceUsers());
    arguments.add(owner.equals(DEVICE) ? "1" : "0");
    arguments.add(busyMillis());
    for (Claim claim : claims) {
      arguments.add(claim.user());
      arguments.add(claim.sessions().size());
      arguments.addAll(claim.sessions());
    }
    List<String> scriptKeys = keysFor(tenant, claims.stream().map(Claim::user).toList());
    return ASSERT.call(redis, scriptKeys, arguments).map(reply -> claimResult(tenant, reply));
  }

  /** The longest of what may pass before a user who is online or leaving is checked. */
  private long busyMillis() {
    return Stream.of(times.ofSession(), times.ofDevice(), config.grace(), drainHold)
        .mapToLong(Duration::toMillis)
        .max()
        .orElseThrow();
  }

  private Duration leaseOf(String owner) {
    return owner.equals(DEVICE) ? times.ofDevice() : times.ofSession();
  }

  private ClaimResult claimResult(TenantId tenant, Reply reply) {
    List<Reply> parts = reply.list();
    String outcome = parts.get(0).text();
    if (outcome.equals(LATE)) {
      throw new LateCallException();
    }
    if (outcome.equals("full")) {
      throw limits.reached(tenant, TenantLimit.PRESENCE_USERS);
    }
    if (outcome.equals("fenced")) {
      return new ClaimResult.Fenced();
    }
    dropped.increment((double) parts.get(2).number());
    return new ClaimResult.Held(number(parts.get(1)), unsent(parts, 3));
  }

  /** A later call of the same owner had arrived; this one did nothing. */
  static final class LateCallException extends RuntimeException {
    LateCallException() {
      super("a later call of this node arrived first");
    }
  }

  /**
   * Ends sessions.
   *
   * @param number of this call among those of the owner
   * @return fails with a {@link LateCallException} if a later call of the owner has arrived
   */
  Future<Void> close(TenantId tenant, String owner, long number, List<Ended> ended) {
    List<Object> arguments = new ArrayList<>(4 + 3 * ended.size());
    arguments.add(owner);
    arguments.add(number);
    arguments.add(config.grace().toMillis());
    arguments.add(drainHold.toMillis());
    for (Ended one : ended) {
      arguments.add(one.user());
      arguments.add(one.session());
      arguments.add(one.reason().name().toLowerCase(Locale.ROOT));
    }
    List<String> scriptKeys = keysFor(tenant, ended.stream().map(Ended::user).toList());
    return CLOSE
        .call(redis, scriptKeys, arguments)
        .compose(
            reply ->
                reply.text().equals(LATE)
                    ? Future.failedFuture(new LateCallException())
                    : Future.succeededFuture());
  }

  /** Finds a reaper's work; fails if Redis refuses the writes of heartbeats. */
  Future<Check> check(TenantId tenant) {
    return CHECK
        .call(redis, keys.presenceState(tenant), List.of(MAX_PER_CHECK))
        .map(
            reply -> {
              List<Reply> parts = reply.list();
              int due = (int) parts.get(3).number();
              limits.used(
                  TenantLimit.PRESENCE_USERS,
                  parts.get(1).number(),
                  limits.config().presenceUsers());
              return new Check(
                  number(parts.get(0)),
                  parts.get(1).number(),
                  parts.get(2).number() > 0,
                  parts.subList(4, 4 + due).stream().map(user -> new UserId(user.text())).toList(),
                  unsent(parts, 4 + due));
            });
  }

  /**
   * Sets users offline who have no lease or grace period left, and forgets the incarnations of
   * nodes whose lease has ended.
   *
   * @param judgedMillis Redis TIME by which leases have ended or not
   * @return the changes of users who went offline; fails if Redis refuses the writes of heartbeats
   */
  Future<List<UnsentChanges>> reap(TenantId tenant, long judgedMillis, List<UserId> users) {
    List<Object> arguments = new ArrayList<>(3 + users.size());
    arguments.add(judgedMillis);
    arguments.add(config.remember().toMillis());
    arguments.add(config.maxWaiting());
    arguments.addAll(users);
    return REAP.call(redis, keysFor(tenant, users), arguments)
        .map(
            reply -> {
              List<Reply> parts = reply.list();
              dropped.increment((double) parts.get(0).number());
              return unsent(parts, 1);
            });
  }

  /** Removes a change that was published; returns the user's changes that remain. */
  Future<List<PresenceChange>> finish(TenantId tenant, PresenceChange change) {
    return FINISH
        .call(redis, keys.presenceState(tenant), List.of(change.user(), change.generation()))
        .map(reply -> PresenceChange.parse(change.user(), reply.text()));
  }

  /** Presence of users, in their order. */
  Future<List<UserPresence>> read(TenantId tenant, List<UserId> users) {
    return READ.call(redis, keysFor(tenant, users), users)
        .map(
            reply -> {
              List<Reply> parts = reply.list();
              List<UserPresence> answers = new ArrayList<>(users.size());
              for (int i = 0; i < users.size(); i++) {
                answers.add(userPresence(users.get(i), parts.get(i + 1).list()));
              }
              return answers;
            });
  }

  private UserPresence userPresence(UserId user, List<Reply> parts) {
    boolean online = !parts.get(0).text().equals("offline");
    long lastSeen = parts.get(0).text().equals("online") ? 0 : number(parts.get(1));
    if (parts.get(0).text().equals("leaving")) {
      lastSeen -= config.grace().toMillis();
    }
    int connections = 0;
    Set<String> nodes = new LinkedHashSet<>();
    for (int i = 2; i + 1 < parts.size(); i += 2) {
      String member = parts.get(i).text();
      String owner = member.substring(0, member.lastIndexOf('|'));
      if (!owner.equals(DRAINED)) {
        connections++;
        lastSeen = Math.max(lastSeen, number(parts.get(i + 1)) - leaseOf(owner).toMillis());
      }
      if (owner.indexOf(Incarnations.MARK) >= 0) {
        nodes.add(Incarnations.nodeOf(owner));
      }
    }
    return new UserPresence(
        user,
        online,
        connections,
        List.copyOf(nodes),
        lastSeen == 0 ? null : Instant.ofEpochMilli(lastSeen));
  }

  /** Ids of all users online. */
  Future<List<String>> online(TenantId tenant) {
    return redis
        .send("smembers", List.of(keys.online(tenant)))
        .map(reply -> reply.list().stream().map(Reply::text).toList());
  }

  /** Number of users online of all tenants. */
  Future<Long> countOnline() {
    return tenants().compose(tenants -> countOnline(tenants, 0, 0));
  }

  /** Counts in parts, so that many tenants do not fill the connection at once. */
  private Future<Long> countOnline(List<TenantId> tenants, int from, long counted) {
    if (from >= tenants.size()) {
      return Future.succeededFuture(counted);
    }
    int to = Math.min(tenants.size(), from + MAX_PER_CHECK);
    List<Future<Reply>> counts = new ArrayList<>(to - from);
    for (TenantId tenant : tenants.subList(from, to)) {
      counts.add(redis.send("scard", List.of(keys.online(tenant))));
    }
    return Future.all(counts)
        .map(all -> all.<Reply>list().stream().mapToLong(Reply::number).sum())
        .compose(part -> countOnline(tenants, to, counted + part));
  }

  /** Writes the time of each user's last heartbeat, in keys that expire with the lease. */
  Future<Void> writeSignsOfLife(TenantId tenant, List<UserId> users, long nowMillis) {
    long lease = times.ofSession().toSeconds();
    List<Future<Reply>> writes = new ArrayList<>(users.size());
    for (UserId user : users) {
      writes.add(
          redis.send("set", List.of(keys.presence(tenant, user), nowMillis / 1_000, "EX", lease)));
    }
    return Future.join(writes).mapEmpty();
  }

  /** Deletes the keys with the time of each user's last heartbeat. */
  Future<Void> deleteSignsOfLife(TenantId tenant, List<UserId> users) {
    List<Future<Reply>> writes = new ArrayList<>(users.size());
    for (UserId user : users) {
      writes.add(redis.send("del", List.of(keys.presence(tenant, user))));
    }
    return Future.join(writes).mapEmpty();
  }

  private List<String> keysFor(TenantId tenant, List<UserId> users) {
    List<String> scriptKeys = new ArrayList<>(6 + users.size());
    scriptKeys.addAll(keys.presenceState(tenant));
    users.forEach(user -> scriptKeys.add(keys.presenceLeases(tenant, user)));
    return scriptKeys;
  }

  private static List<UnsentChanges> unsent(List<Reply> parts, int from) {
    List<UnsentChanges> all = new ArrayList<>();
    for (int i = from; i + 1 < parts.size(); i += 2) {
      UserId user = new UserId(parts.get(i).text());
      all.add(new UnsentChanges(user, PresenceChange.parse(user, parts.get(i + 1).text())));
    }
    return all;
  }

  private static long number(Reply text) {
    return Long.parseLong(text.text());
  }
}
