package dev.switchboard.redis.connection;

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
 * Sends each command to the owner of its slot.
 *
 * <p>A redirection is followed, and the map of slots learnt anew; so it is after any failure that
 * may mean a change of owners. What is under way on a server that left the cluster ends as outcome
 * unknown. What needs keys of a slot that is just being moved waits for the end of that. A cluster
 * that is down is not waited for: that takes seconds at least, and sessions are told. Belongs to
 * one event loop.
 */
final class ClusterCommands implements WatchedCommands {
  private static final int MAX_REDIRECTIONS = 5;

  private final ClusterTopology topology;
  private final Function<ServerAddress, CommandPool> lanesTo;
  private final SlotMigrations moving;
  private final Map<ServerAddress, CommandPool> servers = new HashMap<>();
  private @Nullable Future<SlotMap> learning;
  private boolean closed;

  ClusterCommands(
      ClusterTopology topology,
      Function<ServerAddress, CommandPool> lanesTo,
      SlotMigrations moving) {
    this.moving = moving;
    this.topology = topology;
    this.lanesTo = lanesTo;
  }

  @Override
  public Future<Reply> send(String command, List<?> arguments) {
    Call call = new Call(Slots.of(command, arguments), command, arguments);
    return moving.call(call.slot(), () -> send(call));
  }

  @Override
  public <T> Future<T> replicated(String key, Future<T> write) {
    SlotMap known = topology.map();
    ServerAddress owner = known == null ? null : known.owner(Slots.of(key));
    return owner == null ? write : server(owner).replicated(write, key);
  }

  private Future<Reply> send(Call call) {
    SlotMap known = topology.map();
    // What waits for the map goes out in the order it came.
    if (known == null || (learning != null && ownerIn(known, call.slot()) == null)) {
      return learn().compose(map -> toOwner(call, map));
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
      learnSoon();
      return Future.failedFuture(
          new RedisRefusedException("no server of the cluster owns slot " + call.slot()));
    }
    return server(owner)
        .send(call.slot(), call.command(), call.arguments())
        .recover(failure -> failed(call, failure, MAX_REDIRECTIONS));
  }

  private Future<Reply> failed(Call call, Throwable failure, int redirections) {
    if (!(failure instanceof RedirectedException redirected)) {
      if (!(failure instanceof NoScriptException) && !(failure instanceof SlotMigratingException)) {
        learnSoon();
      }
      return Future.failedFuture(failure);
    }
    if (redirections == 0) {
      // Servers that send on to each other are just learning of a move, one after the other.
      learnSoon();
      return Future.failedFuture(
          new SlotMigratingException(String.valueOf(failure.getMessage()), failure));
    }
    CommandPool next = server(redirected.to());
    Future<Reply> answer;
    if (redirected.isOnce()) {
      answer = next.sendAsking(call.slot(), call.command(), call.arguments());
    } else {
      learnSoon();
      answer = next.send(call.slot(), call.command(), call.arguments());
    }
    return answer.recover(again -> failed(call, again, redirections - 1));
  }

  private CommandPool server(ServerAddress address) {
    return servers.computeIfAbsent(address, lanesTo);
  }

  @Override
  public Future<Integer> publishEverywhere(String channel, String message) {
    SlotMap known = topology.map();
    List<ServerAddress> masters = known == null ? List.of() : known.masters();
    List<Future<Reply>> sent = new ArrayList<>();
    for (ServerAddress master : masters) {
      sent.add(server(master).send(Slots.ANY, "publish", List.of(channel, message)));
    }
    return Future.join(sent)
        .transform(
            done -> Future.succeededFuture((int) sent.stream().filter(Future::succeeded).count()));
  }

  @Override
  public Future<Void> look() {
    return learn().compose(this::everyMasterTakesWrites);
  }

  private Future<Void> everyMasterTakesWrites(SlotMap map) {
    if (map.missing() > 0) {
      return Future.failedFuture(
          new RedisProblemException(
              "the Redis cluster serves "
                  + (Slots.COUNT - map.missing())
                  + " of "
                  + Slots.COUNT
                  + " slots; bring back their servers or assign the slots with"
                  + " `redis-cli --cluster fix`"));
    }
    if (!map.isHealthy()) {
      return Future.failedFuture(
          new RedisProblemException(
              "the Redis cluster is in the state `fail`: too few of its masters see each other;"
                  + " `redis-cli --cluster check` says which"));
    }
    List<Future<Void>> probes = new ArrayList<>();
    map.masters().forEach(master -> probes.add(WriteProbe.run(server(master), master, map)));
    return Future.all(probes).mapEmpty();
  }

  private void learnSoon() {
    if (!closed) {
      learn().onFailure(ignored -> {});
    }
  }

  /** Asks one server after the other for the map, until one answers that sees a whole cluster. */
  private Future<SlotMap> learn() {
    if (learning != null) {
      return learning;
    }
    Future<SlotMap> asking =
        ask(topology.candidates().iterator(), null, null)
            .onSuccess(this::learnt)
            .onComplete(done -> learning = null);
    learning = asking.isComplete() ? null : asking;
    return asking;
  }

  private Future<SlotMap> ask(
      Iterator<ServerAddress> candidates, @Nullable SlotMap second, @Nullable Throwable failure) {
    if (!candidates.hasNext()) {
      return second != null
          ? Future.succeededFuture(second)
          : Future.failedFuture(
              failure != null ? failure : new RedisRefusedException("no server to ask"));
    }
    ServerAddress asked = candidates.next();
    CommandPool lanes = server(asked);
    Future<Reply> info = lanes.send(Slots.ANY, "cluster", List.of("info"));
    Future<Reply> slots = lanes.send(Slots.ANY, "cluster", List.of("slots"));
    return Future.join(info, slots)
        .transform(
            done -> {
              if (done.failed()) {
                return noCluster(done.cause())
                    ? Future.failedFuture(notACluster(asked, done.cause()))
                    : ask(candidates, second, done.cause());
              }
              SlotMap map = SlotMap.parse(info.result(), slots.result(), asked);
              // A server cut off from the others knows only what was.
              return map.isHealthy() ? Future.succeededFuture(map) : ask(candidates, map, null);
            });
  }

  private static boolean noCluster(Throwable failure) {
    return String.valueOf(failure.getMessage()).contains("cluster support disabled");
  }

  private static RedisProblemException notACluster(ServerAddress asked, Throwable failure) {
    return new RedisProblemException(
        "Redis at " + asked + " is no server of a cluster; set redis.mode to standalone", failure);
  }

  private void learnt(SlotMap map) {
    topology.learn(map);
    servers
        .entrySet()
        .removeIf(
            server -> {
              boolean gone = !map.contains(server.getKey());
              if (gone) {
                server.getValue().close();
              }
              return gone;
            });
  }

  @Override
  public Future<Void> close() {
    closed = true;
    moving.close();
    servers.values().forEach(CommandPool::close);
    return Future.succeededFuture();
  }
}
