package dev.switchboard.redis.connection;

import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.connection.Dialer.Peer;
import dev.switchboard.time.LoopScheduler;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.StoreCalls;
import dev.switchboard.time.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Opens connections to Redis as configured; the only class that knows the modes of {@code
 * redis.mode}. All connections share what they learn of the servers: the current master, or the
 * owners of slots.
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
  private final Ticker ticker;
  private final StoreCalls calls;

  /** For a checked configuration, by the machine's clock and without metrics. */
  public RedisClients(Vertx vertx, RedisConfig config) {
    this(vertx, config, Ticker.SYSTEM, new CompositeMeterRegistry());
  }

  /** For a checked configuration; {@code ticker} measures pauses and deadlines. */
  public RedisClients(Vertx vertx, RedisConfig config, Ticker ticker, MeterRegistry metrics) {
    this.vertx = vertx;
    this.config = config;
    this.ticker = ticker;
    this.calls = new StoreCalls("redis", metrics);
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

  /** Signs in to the embedded server with that password from now on. Any thread may call it. */
  public void signIn(Secret embeddedPassword) {
    servers.signIn(embeddedPassword);
  }

  /** Signs in to the same embedded server from now on. Any thread may call it. */
  public void signInAs(RedisClients other) {
    servers.signIn(other.servers.embeddedPassword());
  }

  private boolean isCluster() {
    return config.mode() == RedisConfig.Mode.cluster;
  }

  /** Makes commands with connections of their own. To call once per event loop, on that loop. */
  public RedisCommands commands() {
    return watched();
  }

  private WatchedCommands watched() {
    return watched(config.poolSize());
  }

  private WatchedCommands watched(int poolSize) {
    return isCluster()
        ? new ClusterCommands(
            topology,
            server -> pool(ServerLocator.fixed(server), poolSize),
            new SlotMigrations(vertx, config.timeout(), ticker))
        : new SingleServerCommands(pool(master, poolSize), master);
  }

  private CommandPool pool(ServerLocator locator, int poolSize) {
    ReplicaBarrier.Terms terms =
        new ReplicaBarrier.Terms(config.waitReplicas(), config.timeout().dividedBy(2));
    return new CommandPool(
        () -> new CommandConnection(servers, locator, config.timeout(), ticker, calls),
        poolSize,
        terms,
        LoopScheduler.of(vertx));
  }

  /** Makes a subscription with a connection of its own, which is opened by {@code start}. */
  public SubscriberConnection subscriber(SubscriberConnection.Listener listener) {
    ServerLocator locator = subscriptionServer();
    return new SubscriberConnection(
        vertx,
        () -> locator.connect(servers::dialForSubscription),
        listener,
        config.timeout(),
        config.subscriptionSilence());
  }

  /** Makes a watch on the servers of a subscription, for the event loop that owns it. */
  public RedisWatch watch(
      RepeatingTasks tasks, SubscriberConnection subscriber, RedisWatch.Listener listener) {
    RedisWatch watch = new RedisWatch(tasks, watched(), subscriber, subscriptionServer(), listener);
    if (config.mode() != RedisConfig.Mode.embedded) {
      watch.tryAccess(this::tryAccess);
    }
    if (config.mode() == RedisConfig.Mode.sentinel) {
      watch.hints(sentinelHints(watch::checkNow));
    }
    return watch;
  }

  /** Subscribes to the announcements of a new master; only a hint, because one may get lost. */
  private SubscriberConnection sentinelHints(Runnable hint) {
    AtomicInteger turn = new AtomicInteger();
    SubscriberConnection hints =
        new SubscriberConnection(
            vertx,
            () -> sentinels.dialForSubscription(nodes.get(turn.getAndIncrement() % nodes.size())),
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
   * Opens a new connection and tries all rights. Connections that are open keep the rights of a
   * user whose password was changed, until the next one is refused.
   *
   * @return fails with a {@link RedisProblemException} if the credentials are refused or rights are
   *     missing
   */
  private Future<Void> tryAccess() {
    WatchedCommands commands = watched(1);
    return commands
        .check()
        .recover(failure -> Future.failedFuture(RedisWatch.accessProblem(failure)))
        .compose(accepted -> rightsProbe(commands).run(isCluster()))
        .eventually(commands::close);
  }

  /**
   * Checks that Redis can be used as configured.
   *
   * @return warnings; fails with a {@link RedisProblemException} that says how to fix the problem
   */
  public Future<List<String>> examine() {
    WatchedCommands commands = watched();
    return missingRights(commands)
        .compose(granted -> new RedisPreflight(config, commands).run())
        .eventually(commands::close);
  }

  /** The embedded Redis has no users. */
  private Future<Void> missingRights(WatchedCommands commands) {
    if (config.mode() == RedisConfig.Mode.embedded) {
      return Future.succeededFuture();
    }
    // Learns the servers first; what it finds is reported by the checks that follow. A server that
    // asks for a password closes connections that send it long commands without one.
    return commands
        .check()
        .transform(
            checked ->
                checked.succeeded() || RightsProbe.isDenial(checked.cause())
                    ? rightsProbe(commands).run(isCluster())
                    : Future.succeededFuture());
  }

  private RightsProbe rightsProbe(WatchedCommands commands) {
    return new RightsProbe(
        commands,
        new Keys(config.prefix()),
        () -> subscriptionServer().connect(servers::dialForSubscription),
        config.timeout());
  }

  private ServerLocator subscriptionServer() {
    return isCluster() ? new AnyClusterNode(topology) : master;
  }

  /** The configured addresses, for a log or a message. */
  public String address() {
    return String.join(", ", nodes.stream().map(ServerAddress::toString).toList());
  }
}
