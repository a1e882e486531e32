package dev.switchboard.webhooks.format;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A chat service that takes the messages {@link ChatRules} allow, and refuses every other. */
final class ChatService implements AutoCloseable {
  private static final int WAIT_SECONDS = 30;

  private final HttpServer server;
  private final Function<String, @Nullable String> rules;
  private final BlockingQueue<String> messages = new ArrayBlockingQueue<>(100);
  private final AtomicInteger throttled = new AtomicInteger();

  /** {@code rules} answers the service's own text about a refused body, null for a good one. */
  ChatService(Function<String, @Nullable String> rules) {
    this.rules = rules;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::receive);
    server.start();
  }

  private void receive(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (throttled.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      exchange.getResponseHeaders().set("Retry-After", "1");
      answer(exchange, 429, "ratelimited");
      return;
    }
    String refusal = rules.apply(body);
    if (refusal == null) {
      messages.add(body);
    }
    answer(exchange, refusal == null ? 200 : 400, refusal == null ? "ok" : refusal);
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** Answers 429 to the next calls. */
  void throttle(int calls) {
    throttled.set(calls);
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** The next message that was taken. */
  String next() throws InterruptedException {
    String message = messages.poll(WAIT_SECONDS, TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("no message was taken within " + WAIT_SECONDS + " s");
    }
    return message;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
