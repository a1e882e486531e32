package dev.switchboard.redis.connection;

import dev.switchboard.event.Reason;
import dev.switchboard.redis.NoScriptException;
import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.RedisRefusedException;
import dev.switchboard.redis.Reply;
import dev.switchboard.redis.Slots;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends each command to the node of a cluster that owns its slot.
 *
 * <p>Redirections are followed, and the slot map is read again, as after any failure that may mean
 * a change of owners. Commands in flight on a node that left the cluster end as outcome unknown. A
 * command for several keys of a migrating slot waits for the end of the migration. A cluster that
 * is down is not waited for, because that takes seconds at least. Belongs to one event loop.
 */
final class ClusterCommands implements WatchedCommands {
  private static final int MAX_REDIRECTIONS = 5;

  private final ClusterTopology topology;
  private final Function<ServerAddress, CommandPool> pools;
  private final SlotMigrations migrations;
  private final Map<ServerAddress, CommandPool> nodes = new HashMap<>();
  private @Nullable Future<SlotMap> readInFlight;
  private boolean closed;

  ClusterCommands(
      ClusterTopology topology,
      Function<ServerAddress, CommandPool> pools,
      SlotMigrations migrations) {
    this.migrations = migrations;
    this.topology = topology;
    this.pools = pools;
  }

  @Override
  public Future<Reply> send(String command, List<?> arguments) {
    Call call = new Call(Slots.of(command, arguments), command, arguments);
    return migrations.call(call.slot(), () -> send(call));
  }

  @Override
  public <T> Future<T> replicated(String key, Future<T> write) {
    SlotMap known = topology.map();
    ServerAddress owner = known == null ? null : known.owner(Slots.of(key));
    return owner == null ? write : pool(owner).replicated(write, key);
  }

  private Future<Reply> send(Call call) {
    SlotMap known = topology.map();
    // Commands that wait for the map are sent in the order of their calls.
    if (known == null || (readInFlight != null && ownerIn(known, call.slot()) == null)) {
      return readMap().compose(map -> toOwner(call, map));
    }
    return toOwner(call, known);
  }

  private record Call(int slot, String command, List<?> arguments) {}

  private static @Nullable ServerAddress ownerIn(SlotMap map, int slot) {
    if (slot != Slots.ANY) {
      return map.owner(slot);
    }
    List<ServerAddress> masters = map.masters();
    return masters.isEmpty() ? null : masters.get(0);
  }

  private Future<Reply> toOwner(Call call, SlotMap map) {
    ServerAddress owner = ownerIn(map, call.slot());
    if (owner == null) {
      readMapSoon();
      return Future.failedFuture(
          new RedisRefusedException("no node of the Redis cluster owns slot " + call.slot()));
    }
    return pool(owner)
        .send(call.slot(), call.command(), call.arguments())
        .recover(failure -> recover(call, failure, MAX_REDIRECTIONS));
  }

  private Future<Reply> recover(Call call, Throwable failure, int redirections) {
    if (!(failure instanceof RedirectedException redirected)) {
      if (!(failure instanceof NoScriptException) && !(failure instanceof SlotMigratingException)) {
        readMapSoon();
      }
      return Future.failedFuture(failure);
    }
    if (redirections == 0) {
      // Nodes that redirect to each other are about to learn of a migration, one after the other.
      readMapSoon();
      return Future.failedFuture(new SlotMigratingException(Reason.of(failure), failure));
    }
    CommandPool next = pool(redirected.to());
    Future<Reply> answer;
    if (redirected.isOnce()) {
      answer = next.sendAsking(call.slot(), call.command(), call.arguments());
    } else {
      readMapSoon();
      answer = next.send(call.slot(), call.command(), call.arguments());
    }
    return answer.recover(again -> recover(call, again, redirections - 1));
  }

  private CommandPool pool(ServerAddress address) {
    return nodes.computeIfAbsent(address, pools);
  }

  @Override
  public Future<Integer> publishEverywhere(String channel, String message) {
    SlotMap known = topology.map();
    List<ServerAddress> masters = known == null ? List.of() : known.masters();
    List<Future<Reply>> sent = new ArrayList<>();
    for (ServerAddress master : masters) {
      sent.add(pool(master).send(Slots.ANY, "publish", List.of(channel, message)));
    }
    return Future.join(sent)
        .transform(
            done -> Future.succeededFuture((int) sent.stream().filter(Future::succeeded).count()));
  }

  @Override
  public Future<Void> check() {
    return readMap().compose(this::everyMasterTakesWrites);
  }

  private Future<Void> everyMasterTakesWrites(SlotMap map) {
    if (map.missing() > 0) {
      return Future.failedFuture(
          new RedisProblemException(
              "the Redis cluster serves "
                  + (Slots.COUNT - map.missing())
                  + " of "
                  + Slots.COUNT
                  + " slots; start the missing nodes or assign the slots with"
                  + " `redis-cli --cluster fix`"));
    }
    if (!map.isHealthy()) {
      return Future.failedFuture(
          new RedisProblemException(
              "the Redis cluster is in the state `fail`: too few of its masters reach each other;"
                  + " `redis-cli --cluster check` shows which"));
    }
    List<Future<Void>> probes = new ArrayList<>();
    map.masters().forEach(master -> probes.add(WriteProbe.run(pool(master), master, map)));
    return Future.all(probes).mapEmpty();
  }

  private void readMapSoon() {
    if (!closed) {
      readMap().onFailure(ignored -> {});
    }
  }

  /** Asks one node after the other for the slot map, until one reports a healthy cluster. */
  private Future<SlotMap> readMap() {
    if (readInFlight != null) {
      return readInFlight;
    }
    Future<SlotMap> asking =
        ask(topology.candidates().iterator(), null, null)
            .onSuccess(this::apply)
            .onComplete(done -> readInFlight = null);
    readInFlight = asking.isComplete() ? null : asking;
    return asking;
  }

  private Future<SlotMap> ask(
      Iterator<ServerAddress> candidates, @Nullable SlotMap fallback, @Nullable Throwable failure) {
    if (!candidates.hasNext()) {
      return fallback != null
          ? Future.succeededFuture(fallback)
          : Future.failedFuture(
              failure != null
                  ? failure
                  : new RedisRefusedException("no node of the Redis cluster is known"));
    }
    ServerAddress asked = candidates.next();
    CommandPool pool = pool(asked);
    Future<Reply> info = pool.send(Slots.ANY, "cluster", List.of("info"));
    Future<Reply> slots = pool.send(Slots.ANY, "cluster", List.of("slots"));
    return Future.join(info, slots)
        .transform(
            done -> {
              if (done.failed()) {
                return isClusterDisabled(done.cause())
                    ? Future.failedFuture(notACluster(asked, done.cause()))
                    : ask(candidates, fallback, done.cause());
              }
              SlotMap map;
              try {
                map = SlotMap.parse(info.result(), slots.result(), asked);
              } catch (RedisProblemException malformed) {
                return ask(candidates, fallback, malformed);
              }
              // A node that is cut off from the others only knows an old map.
              return map.isHealthy() ? Future.succeededFuture(map) : ask(candidates, map, null);
            });
  }

  private static boolean isClusterDisabled(Throwable failure) {
    return String.valueOf(failure.getMessage()).contains("cluster support disabled");
  }

  private static RedisProblemException notACluster(ServerAddress asked, Throwable failure) {
    return new RedisProblemException(
        "Redis at " + asked + " is not part of a cluster; set redis.mode to standalone", failure);
  }

  private void apply(SlotMap map) {
    topology.update(map);
    nodes
        .entrySet()
        .removeIf(
            node -> {
              boolean removed = !map.contains(node.getKey());
              if (removed) {
                node.getValue().close();
              }
              return removed;
            });
  }

  @Override
  public Future<Void> close() {
    closed = true;
    migrations.close();
    nodes.values().forEach(CommandPool::close);
    return Future.succeededFuture();
  }
}
