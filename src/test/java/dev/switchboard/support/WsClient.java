package dev.switchboard.support;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A WebSocket client on the JDK's own implementation; every wait is for a message or the close. */
public final class WsClient implements WebSocket.Listener, AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final long WAIT_SECONDS = 30;

  private final BlockingDeque<String> messages = new LinkedBlockingDeque<>();
  private final CompletableFuture<Closed> closed = new CompletableFuture<>();
  private final StringBuilder partial = new StringBuilder();
  private @Nullable WebSocket socket;
  private JsonObject connected = new JsonObject();

  /** How the server ended it. */
  public record Closed(int code, String reason) {}

  private WsClient() {}

  /** Connects with a token in the header and reads {@code connected}. */
  public static WsClient signIn(TestNode node, String token) {
    return signIn(node, "/ws", token);
  }

  /** The same on another path, with a query. */
  public static WsClient signIn(TestNode node, String path, String token) {
    WsClient client = open(node, path, "Authorization", "Bearer " + token);
    JsonObject connected = client.next();
    if (!"connected".equals(connected.getString("type"))) {
      throw new AssertionError("expected connected, got " + connected);
    }
    client.connected = connected.getJsonObject("payload");
    return client;
  }

  /** Payload of the {@code connected} message. */
  public JsonObject connected() {
    return connected;
  }

  /** Connects with headers, given as name, value, name, value; reads nothing. */
  public static WsClient open(TestNode node, String path, String... headers) {
    WsClient client = new WsClient();
    WebSocket.Builder builder = HTTP.newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      if (headers[i].equals("Sec-WebSocket-Protocol")) {
        String[] protocols = headers[i + 1].split(", ");
        String[] further = Arrays.copyOfRange(protocols, 1, protocols.length);
        builder.subprotocols(protocols[0], further);
      } else {
        builder.header(headers[i], headers[i + 1]);
      }
    }
    URI uri = URI.create("ws://127.0.0.1:" + node.port() + path);
    try {
      client.socket = builder.buildAsync(uri, client).get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
    return client;
  }

  private WebSocket socket() {
    if (socket == null) {
      throw new IllegalStateException("not connected");
    }
    return socket;
  }

  /** Sends a message with that type and payload. */
  public void send(String type, JsonObject payload) {
    send(new JsonObject().put("type", type).put("payload", payload));
  }

  /** Sends a whole message. */
  public void send(JsonObject message) {
    sendText(message.encode());
  }

  /** Sends any text. */
  public void sendText(String text) {
    await(socket().sendText(text, true));
  }

  /** Says the same again and again, however it is answered, until the server has had enough. */
  public Closed repeatUntilClosed(String text) {
    Waiting.until(
        "the server has had enough",
        () -> {
          CompletableFuture<WebSocket> sent = socket().sendText(text, true);
          boolean unused = sent.handle((done, closedMeanwhile) -> true).join();
          return closed.isDone();
        });
    return awaitClose();
  }

  private static void await(CompletableFuture<WebSocket> sent) {
    try {
      WebSocket unused = sent.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The next message, as it was sent. */
  public String nextText() {
    try {
      String message = messages.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("no message came within " + WAIT_SECONDS + " s");
      }
      return message;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The next message. */
  public JsonObject next() {
    return new JsonObject(nextText());
  }

  /** The next message of that type; others before it are dropped. */
  public JsonObject next(String type) {
    JsonObject message = next();
    while (!type.equals(message.getString("type"))) {
      message = next();
    }
    return message;
  }

  /** Number of messages that came and were not read. */
  public int unread() {
    return messages.size();
  }

  /** Asks for a pong: whatever the server sent before has come when this returns, and stays. */
  public JsonObject ping() {
    send("ping", new JsonObject());
    Deque<String> before = new ArrayDeque<>();
    String text = nextText();
    while (!isPong(text)) {
      before.push(text);
      text = nextText();
    }
    before.forEach(messages::addFirst);
    return new JsonObject(text).getJsonObject("payload");
  }

  private static boolean isPong(String text) {
    return "pong".equals(new JsonObject(text).getString("type"));
  }

  /** Subscribes and waits for the confirmation. */
  public JsonObject subscribe(JsonObject payload) {
    send("subscribe", payload);
    return next("subscribed").getJsonObject("payload");
  }

  /** What the next error says went wrong; other messages before it are dropped. */
  public String nextErrorCode() {
    return next("error").getJsonObject("payload").getString("code");
  }

  /** Everything that came and was not read, in order. */
  public List<JsonObject> takeUnread() {
    List<String> texts = new ArrayList<>();
    int unused = messages.drainTo(texts);
    return texts.stream().map(JsonObject::new).toList();
  }

  /** Ids of the events that came and were not read, in order. */
  public List<String> unreadIds() {
    return takeUnread().stream()
        .map(message -> message.getString("id"))
        .filter(Objects::nonNull)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** How it ended; null if it has not. */
  public @Nullable Closed closedAlready() {
    return closed.getNow(null);
  }

  /** Hears of the end. */
  public void onClosed(Consumer<Closed> handler) {
    CompletableFuture<Void> unused = closed.thenAccept(handler);
  }

  /** Waits for the end. */
  public Closed awaitClose() {
    try {
      return closed.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("the socket was not closed", e);
    }
  }

  @Override
  public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      messages.add(partial.toString());
      partial.setLength(0);
    }
    webSocket.request(1);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer message) {
    webSocket.request(1);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
    closed.complete(new Closed(statusCode, reason));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void onError(WebSocket webSocket, Throwable error) {
    closed.complete(new Closed(1006, String.valueOf(error.getMessage())));
  }

  /** Leaves with a close handshake, and waits for its end. */
  public void leave() {
    await(socket().sendClose(WebSocket.NORMAL_CLOSURE, ""));
    Closed unused = awaitClose();
  }

  /** Leaves without a close handshake, as a pulled cable does. */
  @Override
  public void close() {
    socket().abort();
  }
}
