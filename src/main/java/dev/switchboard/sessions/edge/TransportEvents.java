package dev.switchboard.sessions.edge;

import dev.switchboard.event.ProtocolFault;
import dev.switchboard.sessions.lifecycle.BacklogDelivery;
import dev.switchboard.sessions.protocol.ClientMessages;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.registry.Traffic;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.session.Transport;
import dev.switchboard.sessions.wire.SocketChannel;
import dev.switchboard.sessions.wire.SocketListener;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.UUID;

/**
 * Creates the sessions of one event loop, and passes what happens at their transports to the part
 * that it concerns. Belongs to that event loop.
 */
public final class TransportEvents {
  private final long authTimeoutNanos;
  private final Clients clients;
  private final SessionRegistry registry;
  private final ClientMessages clientMessages;
  private final BacklogDelivery backlog;
  private final SessionTime time;

  /** Sessions must be authenticated within {@code authTimeout}. */
  public TransportEvents(
      Duration authTimeout,
      Clients clients,
      SessionRegistry registry,
      ClientMessages clientMessages,
      BacklogDelivery backlog,
      SessionTime time) {
    this.authTimeoutNanos = authTimeout.toNanos();
    this.clients = clients;
    this.registry = registry;
    this.clientMessages = clientMessages;
    this.backlog = backlog;
    this.time = time;
  }

  /** Creates a session for {@code request} that has no transport and no principal yet. */
  Session create(HttpServerRequest request) {
    long now = time.nanos();
    Session session = new Session(UUID.randomUUID().toString(), now, now + authTimeoutNanos);
    session.from(clients.of(request));
    return session;
  }

  /** Gives {@code session} its transport; it ends at once if the node is full. */
  void connect(Session session, Transport transport) {
    session.connect(transport);
    registry.add(session);
  }

  /** What the sessions of this loop send and receive. */
  Traffic traffic() {
    return registry.traffic();
  }

  /** Bytes were received from the client, or are known to have reached it. */
  void received(Session session) {
    session.liveness().received(time.nanos());
  }

  /** The client reads again. */
  void writable(Session session) {
    backlog.resume(session);
  }

  /** The server closes the transport because of that fault of the client. */
  void failed(Session session, ProtocolFault fault) {
    registry.transportFailed(session, fault);
  }

  /** The transport was closed, by either side; may be called more than once. */
  void closed(Session session) {
    registry.transportClosed(session);
  }

  /** The listener for the socket of {@code session}. */
  SocketListener listenerFor(Session session) {
    return new SessionSocket(session);
  }

  private final class SessionSocket implements SocketListener {
    private final Session session;

    SessionSocket(Session session) {
      this.session = session;
    }

    @Override
    public void upgraded(SocketChannel socket) {
      connect(session, new WebSocketTransport(socket, registry.traffic()));
    }

    @Override
    public void text(SocketChannel socket, String message) {
      traffic().received();
      clientMessages.received(session, message);
    }

    @Override
    public void pong(SocketChannel socket, long ping) {
      backlog.ponged(session, ping);
    }

    @Override
    public void read(SocketChannel socket, int bytes) {
      traffic().receivedBytes(bytes);
      received(session);
    }

    @Override
    public void writable(SocketChannel socket) {
      TransportEvents.this.writable(session);
    }

    @Override
    public void failed(SocketChannel socket, ProtocolFault fault) {
      TransportEvents.this.failed(session, fault);
    }

    @Override
    public void closed(SocketChannel socket) {
      TransportEvents.this.closed(session);
    }
  }
}
