package dev.switchboard.redis.connection;

import dev.switchboard.config.RedisConfig;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.connection.Dialer.Peer;
import dev.switchboard.time.RepeatingTasks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes connections for one deployment's Redis; the one place that knows its modes.
 *
 * <p>What the connections of a process learn of the servers, they share: who the master is, who
 * owns which slot.
 */
public final class RedisClients {
  private static final String MASTER_SWITCHED = "+switch-master";

  private final Vertx vertx;
  private final RedisConfig config;
  private final List<ServerAddress> nodes;
  private final Dialer servers;
  private final Dialer sentinels;
  private final ServerLocator master;
  private final ClusterTopology topology;

  /** For a checked configuration. */
  public RedisClients(Vertx vertx, RedisConfig config) {
    this.vertx = vertx;
    this.config = config;
    boolean embedded = config.mode() == RedisConfig.Mode.embedded;
    this.nodes =
        embedded
            ? List.of(new ServerAddress("127.0.0.1", config.embeddedPort()))
            : config.nodes().stream().map(ServerAddress::parse).toList();
    this.servers = new Dialer(vertx, config, embedded ? Peer.EMBEDDED : Peer.SERVER);
    this.sentinels = new Dialer(vertx, config, Peer.SENTINEL);
    this.topology = new ClusterTopology(nodes);
    this.master =
        config.mode() == RedisConfig.Mode.sentinel
            ? new Sentinels(nodes, config.masterName(), sentinels, servers, config.timeout())
            : ServerLocator.fixed(nodes.get(0));
  }

  private boolean isCluster() {
    return config.mode() == RedisConfig.Mode.cluster;
  }

  /** A command path of its own; ask for one per event loop, from that loop. */
  public RedisCommands commands() {
    return watched();
  }

  private WatchedCommands watched() {
    return isCluster()
        ? new ClusterCommands(
            topology,
            server -> lanes(ServerLocator.fixed(server)),
            new SlotMigrations(vertx, config.timeout()))
        : new SingleServerCommands(lanes(master), master);
  }

  private CommandPool lanes(ServerLocator locator) {
    ReplicaBarrier.Terms terms =
        new ReplicaBarrier.Terms(config.waitReplicas(), config.timeout().dividedBy(2));
    return new CommandPool(servers, locator, config.timeout(), config.poolSize(), terms);
  }

  /** A subscription path of its own, silent until something is wanted. */
  public SubscriberConnection subscriber(SubscriberConnection.Listener listener) {
    ServerLocator where = isCluster() ? new AnyClusterNode(topology) : master;
    return new SubscriberConnection(
        vertx,
        () -> where.connect(servers::dialToListen),
        listener,
        config.timeout(),
        config.subscriptionSilence());
  }

  /** Keeps an eye on the servers behind a subscription; for the event loop that owns it. */
  public RedisWatch watch(
      RepeatingTasks tasks, SubscriberConnection subscriber, RedisWatch.Listener listener) {
    RedisWatch watch =
        new RedisWatch(
            tasks,
            watched(),
            subscriber,
            isCluster() ? new AnyClusterNode(topology) : master,
            listener);
    if (config.mode() == RedisConfig.Mode.sentinel) {
      watch.hints(sentinelHints(watch::lookNow));
    }
    return watch;
  }

  /** Sentinels announce a new master; it is only a hint, because the announcement may get lost. */
  private SubscriberConnection sentinelHints(Runnable hint) {
    AtomicInteger turn = new AtomicInteger();
    SubscriberConnection hints =
        new SubscriberConnection(
            vertx,
            () -> sentinels.dialToListen(nodes.get(turn.getAndIncrement() % nodes.size())),
            new SubscriberConnection.Listener() {
              @Override
              public void message(String channel, byte[] message) {
                hint.run();
              }
            },
            config.timeout(),
            config.subscriptionSilence());
    hints.add(List.of(MASTER_SWITCHED));
    return hints;
  }

  /**
   * Makes sure that Redis can be used as configured.
   *
   * @return what is worth a warning; fails with a {@link RedisProblemException} that says how to
   *     mend it
   */
  public Future<List<String>> examine() {
    WatchedCommands commands = watched();
    return new RedisPreflight(config, commands).run().eventually(commands::close);
  }

  /** Where Redis is, in words. */
  public String address() {
    return String.join(", ", nodes.stream().map(ServerAddress::toString).toList());
  }
}
