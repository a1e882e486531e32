package dev.switchboard.webhooks.call;

import static java.util.Objects.requireNonNull;

import dev.switchboard.webhooks.registry.ClientCertificate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The clients that present a certificate, one for each certificate: no connection is shared between
 * two. Those that no call uses are closed a minute after the last call, the longest unused ones at
 * once if there are more than {@value #MAX_UNUSED}. Belongs to one event loop.
 */
final class CertifiedClients {
  static final int MAX_UNUSED = 32;
  private static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Duration CLEANUP = Duration.ofSeconds(15);

  private final Function<ClientCertificate, SecureClients> open;

  /** By the id of the certificate, the one that was used last at the end. */
  private final Map<String, Shared> clients = new LinkedHashMap<>();

  private final Vertx vertx;
  private final long timer;

  private static final class Shared {
    private final SecureClients clients;
    private int users;
    private long unusedSince;

    Shared(SecureClients clients) {
      this.clients = clients;
    }
  }

  /** Opens clients with {@code open}. */
  CertifiedClients(Vertx vertx, Function<ClientCertificate, SecureClients> open) {
    this.vertx = vertx;
    this.open = open;
    this.timer = vertx.setPeriodic(CLEANUP.toMillis(), fired -> closeUnused(System.nanoTime()));
  }

  /** The clients that present {@code certificate}, to be released once. */
  SecureClients use(ClientCertificate certificate) {
    Shared shared = clients.remove(certificate.id());
    if (shared == null) {
      shared = new Shared(open.apply(certificate));
    }
    shared.users++;
    clients.put(certificate.id(), shared);
    return shared.clients;
  }

  /** A call has ended that used the clients of {@code certificate}. */
  void release(ClientCertificate certificate, long now) {
    Shared shared = requireNonNull(clients.get(certificate.id()));
    shared.users--;
    shared.unusedSince = now;
    long unused = clients.values().stream().filter(one -> one.users == 0).count();
    if (unused > MAX_UNUSED) {
      closeFirstUnused();
    }
  }

  private void closeFirstUnused() {
    for (Iterator<Shared> all = clients.values().iterator(); all.hasNext(); ) {
      Shared shared = all.next();
      if (shared.users == 0) {
        all.remove();
        Future<?> unused = shared.clients.close();
        return;
      }
    }
  }

  /** Closes those that have not been used for a minute. */
  void closeUnused(long now) {
    clients
        .values()
        .removeIf(
            shared -> {
              boolean old = shared.users == 0 && now - shared.unusedSince >= KEPT_NANOS;
              if (old) {
                Future<?> unused = shared.clients.close();
              }
              return old;
            });
  }

  /** How many are open. */
  int size() {
    return clients.size();
  }

  Future<Void> close() {
    boolean unused = vertx.cancelTimer(timer);
    Future<Void> closed = Future.succeededFuture();
    for (Shared shared : clients.values()) {
      closed = closed.eventually(shared.clients::close);
    }
    clients.clear();
    return closed;
  }
}
