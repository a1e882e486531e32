package dev.switchboard.node;

import dev.switchboard.config.SwitchboardConfig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node, which can be started once and stopped once. {@link NodeStartup} shows what it consists
 * of. Every method may be called from every thread.
 */
public final class Server {
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  private sealed interface State {}

  private record Created() implements State {}

  private record Started() implements State {}

  /** {@code done} completes when nothing is left running. */
  private record Stopping(Future<Void> done) implements State {}

  private final SwitchboardConfig config;
  private final SharedComponents shared;
  private final ShutdownSequence shutdown = new ShutdownSequence();
  private final ClientPort clientPort;
  private final WarmUp warmUp;
  private State state = new Created();
  private volatile int managementPort;

  /** Creates a node for a checked configuration; starts and reaches nothing yet. */
  public Server(SwitchboardConfig config) {
    this(config, Clock.systemUTC());
  }

  /** As the other constructor, with {@code clock} instead of the system's. */
  public Server(SwitchboardConfig config, Clock clock) {
    this(config, clock, SharedComponents.Pages.CONFIGURED);
  }

  /** Creates a node for trying out, which also serves the pages of the demonstration. */
  public static Server withDemo(SwitchboardConfig config) {
    return new Server(config, Clock.systemUTC(), SharedComponents.Pages.WITH_DEMO);
  }

  private Server(SwitchboardConfig config, Clock clock, SharedComponents.Pages pages) {
    this.config = config;
    this.shared = new SharedComponents(config, clock, pages, System.getenv());
    this.clientPort = new ClientPort(shared, shutdown);
    this.warmUp = new WarmUp(shared.vertx, config, clock);
  }

  /**
   * Starts the node; it is ready when the future succeeds. If it fails, nothing is left running.
   *
   * @return a future that fails with {@link IllegalStateException} if the node was started or
   *     stopped before
   */
  public Future<Void> start() {
    synchronized (this) {
      if (!(state instanceof Created)) {
        return Future.failedFuture(
            new IllegalStateException("a node can be started once; create another one"));
      }
      state = new Started();
    }
    NodeStartup startup = new NodeStartup(shared, shutdown, clientPort, warmUp);
    // A promise without a context: after a failed start the event loops are gone.
    Promise<Void> outcome = Promise.promise();
    startup
        .openManagementPort()
        .onSuccess(port -> managementPort = port)
        .compose(port -> startup.startComponents())
        .onSuccess(
            started -> {
              shared.health.started();
              outcome.complete();
            })
        .onFailure(failure -> stop().onComplete(done -> outcome.fail(failure)));
    return outcome.future();
  }

  /**
   * Stops the parts of the node in the reverse order of their start, within {@code
   * http.drainTimeout}. May be called more than once and before the start has ended.
   */
  public synchronized Future<Void> stop() {
    if (state instanceof Stopping stopping) {
      return stopping.done();
    }
    shared.health.draining();
    log.atInfo().addKeyValue("nodeId", shared.nodeId).log("Stopping");
    // A promise without a context: the event loops are gone when it completes.
    Promise<Void> done = Promise.promise();
    state = new Stopping(done.future());
    shutdown.add("warm-up", warmUp::stop);
    shutdown
        .run()
        .timeout(config.http().drainTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(steps -> shared.vertx.close().onComplete(done));
    return done.future();
  }

  /** Returns the port of clients and backends; only after the start. */
  public int port() {
    return clientPort.number();
  }

  /** Returns the port of operators; only after the start. */
  public int managementPort() {
    return managementPort;
  }

  public String nodeId() {
    return shared.nodeId;
  }
}
