package dev.switchboard.support;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A webhook's receiving end that keeps what it got and answers as configured, 200 by default. */
public final class WebhookReceiver implements AutoCloseable {
  private static final long WAIT_SECONDS = 30;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private final Queue<Integer> answers = new ConcurrentLinkedQueue<>();
  private final Map<String, String> answerHeaders = new ConcurrentHashMap<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  /** One request as it came. */
  public record Call(String path, InetSocketAddress from, Headers headers, byte[] body, long at) {
    public String header(String name) {
      return String.valueOf(headers.getFirst(name));
    }

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** Listens on a free port of this machine. */
  public WebhookReceiver() {
    this(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /** Listens there. */
  public WebhookReceiver(InetSocketAddress address) {
    try {
      server = HttpServer.create(address, 128);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::received);
    server.start();
  }

  private void received(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Integer answer = take(exchange, body);
    awaitRelease();
    answerHeaders.forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(answer == null ? 200 : answer, -1);
    exchange.close();
  }

  /**
   * Takes the answer of a call and then shows the call to the test, so that an answer set after
   * that is for a later call. Calls are listed in the order of their answers.
   */
  private synchronized @Nullable Integer take(HttpExchange exchange, byte[] body) {
    Integer answer = answers.poll();
    calls.add(
        new Call(
            exchange.getRequestURI().toString(),
            exchange.getRemoteAddress(),
            exchange.getRequestHeaders(),
            body,
            System.nanoTime()));
    return answer;
  }

  /** Status codes for the next calls, in turn. */
  public void answer(int... codes) {
    for (int code : codes) {
      answers.add(code);
    }
  }

  /** Answers no call until {@link #release}. */
  public void hold() {
    gate = new CountDownLatch(1);
  }

  /** Answers the calls held back. */
  public void release() {
    gate.countDown();
  }

  private void awaitRelease() {
    try {
      gate.await();
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** A header of every later answer. */
  public void answerHeader(String name, String value) {
    answerHeaders.put(name, value);
  }

  /** The port it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Where it listens. */
  public String url() {
    return "http://"
        + server.getAddress().getAddress().getHostAddress()
        + ":"
        + server.getAddress().getPort()
        + "/";
  }

  /** The next call. */
  public Call next() {
    try {
      Call call = calls.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      if (call == null) {
        throw new AssertionError("no call came within " + WAIT_SECONDS + " s");
      }
      return call;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Calls that came and were not read. */
  public int unread() {
    return calls.size();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
