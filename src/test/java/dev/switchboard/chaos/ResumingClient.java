package dev.switchboard.chaos;

import dev.switchboard.support.TestTokens;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A client as users write it: it pings, leaves a socket that has become silent, tries the next
 * address, resumes from its cursor, and records what it received.
 */
final class ResumingClient implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration MAX_SILENCE = Duration.ofSeconds(3);
  private static final Duration BETWEEN_PINGS = Duration.ofMillis(500);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);
  private static final int ABNORMAL = 1006;

  private final User user;
  private final String query;
  private final List<Integer> ports;
  private final List<Noted> journal = new ArrayList<>();
  private final Thread thread;
  private @Nullable Link link;
  private String cursor = "";
  private int turn;
  private boolean moving;
  private volatile boolean stopped;

  /** Who signs in. */
  record User(String tenant, String id, String role) {}

  /** One thing that happened: an event, or the word that events may be missing. */
  sealed interface Noted {}

  /** An event as it came. */
  record Event(JsonObject json) implements Noted {
    /** The payload of a numbered event. */
    int number() {
      return json.getInteger("payload");
    }
  }

  /** {@code resync}, or {@code recovered:false}. */
  record Told() implements Noted {}

  /**
   * @param query further parameters, such as {@code events=call.*}
   * @param ports addresses to try, the preferred one first
   */
  ResumingClient(User user, String query, List<Integer> ports) {
    this.user = user;
    this.query = query;
    this.ports = ports;
    this.thread = new Thread(this::run, "client-" + user.id());
    thread.setDaemon(true);
    thread.start();
  }

  String id() {
    return user.id();
  }

  private void run() {
    while (!stopped) {
      Link opened = new Link();
      if (opened.open()) {
        opened.live();
      }
      next();
    }
  }

  /** The next address, or the preferred one after {@link #moveHome}. */
  private synchronized void next() {
    turn = moving ? 0 : turn + 1;
    moving = false;
    if (!stopped && turn > 0) {
      LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
    }
  }

  /** Leaves the socket and comes back at the preferred address, if it is elsewhere. */
  synchronized void moveHome() {
    Link present = link;
    if (turn % ports.size() != 0 && present != null) {
      moving = true;
      present.abandon();
    }
  }

  /** Whether it is connected at its preferred address. */
  synchronized boolean isHome() {
    return link != null && turn % ports.size() == 0;
  }

  /** How much it has recorded. */
  synchronized int mark() {
    return journal.size();
  }

  /** What it has recorded since then. */
  synchronized List<Noted> since(int mark) {
    return List.copyOf(journal.subList(mark, journal.size()));
  }

  private synchronized String address() {
    String after = cursor.isEmpty() ? "" : "&after=" + cursor;
    return "ws://127.0.0.1:" + ports.get(turn % ports.size()) + "/ws?" + query + after;
  }

  private synchronized void take(JsonObject message, Link from) {
    JsonObject payload =
        message.getValue("payload") instanceof JsonObject object ? object : new JsonObject();
    String id = message.getString("id");
    boolean begins = message.getString("type").equals("connected");
    if (!begins && link != from) {
      return;
    }
    switch (message.getString("type")) {
      case "connected" -> {
        link = from;
        if (Boolean.FALSE.equals(payload.getValue("recovered"))) {
          journal.add(new Told());
        }
      }
      case "resync" -> journal.add(new Told());
      case "pong", "position", "degraded", "restored", "error" -> {}
      default -> journal.add(new Event(message));
    }
    if (id != null) {
      cursor = id;
    } else if (payload.getValue("position") instanceof String position) {
      cursor = position;
    }
  }

  private synchronized void left(Link gone) {
    if (link == gone) {
      link = null;
    }
  }

  @Override
  public void close() {
    stopped = true;
    synchronized (this) {
      if (link != null) {
        link.abandon();
      }
    }
  }

  /** One socket. */
  private final class Link implements WebSocket.Listener {
    private final StringBuilder partial = new StringBuilder();
    private volatile long heardAt = System.nanoTime();
    private volatile int ended;
    private @Nullable WebSocket socket;

    boolean open() {
      String token = TestTokens.user(user.tenant(), user.id(), user.role());
      try {
        socket =
            HTTP.newWebSocketBuilder()
                .connectTimeout(MAX_SILENCE)
                .header("Authorization", "Bearer " + token)
                .buildAsync(URI.create(address()), this)
                .get(MAX_SILENCE.toSeconds(), TimeUnit.SECONDS);
        return true;
      } catch (ExecutionException | TimeoutException refused) {
        return false;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Pings until the socket ends or is silent. */
    void live() {
      while (ended == 0 && !stopped && System.nanoTime() - heardAt < MAX_SILENCE.toNanos()) {
        ping();
        LockSupport.parkNanos(BETWEEN_PINGS.toNanos());
      }
      left(this);
      if (socket != null) {
        socket.abort();
      }
    }

    private void ping() {
      if (socket != null && !socket.isOutputClosed()) {
        Object unused = socket.sendText("{\"type\":\"ping\"}", true);
      }
    }

    void abandon() {
      ended = ABNORMAL;
      LockSupport.unpark(thread);
    }

    @Override
    public @Nullable CompletionStage<?> onText(
        WebSocket webSocket, CharSequence data, boolean last) {
      heardAt = System.nanoTime();
      partial.append(data);
      if (last) {
        JsonObject message = new JsonObject(partial.toString());
        partial.setLength(0);
        if (ended == 0) {
          take(message, this);
        }
      }
      webSocket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
      ended = code;
      LockSupport.unpark(thread);
      return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      abandon();
    }
  }
}
