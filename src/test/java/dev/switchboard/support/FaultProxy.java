package dev.switchboard.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * A TCP proxy before Redis, or any other server, that cuts, freezes and delays connections: all of
 * them, or only those on which somebody subscribes.
 */
public final class FaultProxy implements AutoCloseable {
  private volatile InetSocketAddress target;
  private final ServerSocket listener;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final Object gate = new Object();
  private volatile Predicate<Link> frozen = link -> false;
  private volatile boolean onlyAnswers;
  private volatile Duration delay = Duration.ZERO;
  private volatile boolean closed;

  /** Which connections a fault meets. */
  public enum Which {
    SUBSCRIBER,
    EVERYTHING;

    private boolean meets(Link link) {
      return this == EVERYTHING || link.subscribes;
    }
  }

  /** Begins to listen on a free port. */
  public FaultProxy(TestRedis target) {
    this(target.host(), target.port());
  }

  /** The same before any other server. */
  public FaultProxy(String host, int port) {
    this.target = new InetSocketAddress(host, port);
    try {
      this.listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    spawn(this::accept);
  }

  /** {@code host:port} to connect to. */
  public String address() {
    return "127.0.0.1:" + port();
  }

  /** The port to connect to. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Forwards to another server from now on; closes connections to the old one. */
  public void redirect(TestRedis another) {
    redirect(another.host(), another.port());
  }

  /** The same for any server. */
  public void redirect(String host, int port) {
    target = new InetSocketAddress(host, port);
    cut(Which.EVERYTHING);
  }

  /** Holds back what is read from either side for that long, each time; zero ends it. */
  public void delay(Duration delay) {
    this.delay = delay;
  }

  /** Closes connections; new ones are taken at once. */
  public void cut(Which which) {
    links.stream().filter(which::meets).forEach(Link::close);
  }

  /** Carries nothing more over these, old and new ones, but closes nothing. */
  public void freeze(Which which) {
    onlyAnswers = false;
    frozen = which::meets;
  }

  /** Carries nothing more of what the server sends; what clients send still arrives there. */
  public void freezeAnswers() {
    onlyAnswers = true;
    frozen = Which.EVERYTHING::meets;
  }

  /** What was held back goes on. */
  public void thaw() {
    synchronized (gate) {
      frozen = link -> false;
      gate.notifyAll();
    }
  }

  private void accept() {
    while (!closed) {
      try {
        Link link = new Link(listener.accept());
        links.add(link);
        spawn(link::begin);
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void spawn(Runnable action) {
    Thread thread = new Thread(action, "fault-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  /** One connection and its other half. */
  private final class Link {
    private final Socket client;
    private final Socket server = new Socket();
    private volatile boolean subscribes;

    Link(Socket client) {
      this.client = client;
    }

    void begin() {
      try {
        server.connect(target, 1_000);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        spawn(() -> carry(server, client));
        carry(client, server);
      } catch (IOException e) {
        close();
      }
    }

    private void carry(Socket from, Socket to) {
      byte[] buffer = new byte[64 << 10];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          if (from == client && !subscribes) {
            subscribes =
                new String(buffer, 0, read, StandardCharsets.ISO_8859_1)
                    .toLowerCase(Locale.ROOT)
                    .contains("\r\nsubscribe\r\n");
          }
          LockSupport.parkNanos(delay.toNanos());
          awaitThaw(from);
          out.write(buffer, 0, read);
        }
      } catch (IOException | InterruptedException e) {
        // The other half is closed below.
      }
      close();
    }

    private void awaitThaw(Socket from) throws InterruptedException {
      synchronized (gate) {
        while (isFrozen(from) && !client.isClosed()) {
          gate.wait(100);
        }
      }
    }

    private boolean isFrozen(Socket from) {
      return frozen.test(this) && (from == server || !onlyAnswers);
    }

    void close() {
      links.remove(this);
      for (Socket half : new Socket[] {client, server}) {
        try {
          half.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    thaw();
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut(Which.EVERYTHING);
  }
}
