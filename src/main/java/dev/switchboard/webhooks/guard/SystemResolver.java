package dev.switchboard.webhooks.guard;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Asks the operating system, like other programs on this machine. */
final class SystemResolver implements HostResolver {
  private static final int THREADS = 16;

  private final WorkerExecutor threads;

  SystemResolver(Vertx vertx) {
    // The JDK's resolver blocks; a lookup must not hold an event loop.
    this.threads = vertx.createSharedWorkerExecutor("webhook-dns", THREADS);
  }

  @Override
  public Future<List<InetAddress>> resolve(String host) {
    return threads.executeBlocking(() -> lookUp(host), false);
  }

  private static List<InetAddress> lookUp(String host) {
    try {
      return List.of(InetAddress.getAllByName(host));
    } catch (UnknownHostException e) {
      throw new UnknownNameException();
    }
  }
}
