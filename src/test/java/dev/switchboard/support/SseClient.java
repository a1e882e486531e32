package dev.switchboard.support;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A reader of server-sent events; every read waits for the next one, half a minute at most. */
public final class SseClient implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static final long WAIT_SECONDS = 30;

  /** No line of a stream holds a line's end. */
  private static final String ENDED = "\n";

  private final HttpHeaders headers;
  private final InputStream body;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private SseClient(HttpResponse<InputStream> response) {
    headers = response.headers();
    body = response.body();
    Thread thread = new Thread(this::read, "sse-client");
    thread.setDaemon(true);
    thread.start();
  }

  /** One event with its SSE id. */
  public record Block(String id, JsonObject data) {}

  /** One event with its name. */
  public record Named(String event, JsonObject data) {}

  /** Opens a user's stream, with headers given as name, value, name, value. */
  public static SseClient open(TestNode node, String query, String... headers) {
    return openPath(node, "/api/v1/events/stream" + query, headers);
  }

  /** Opens any stream. */
  public static SseClient openPath(TestNode node, String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<InputStream> response =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      if (response.statusCode() != 200) {
        throw new AssertionError("no stream: " + response.statusCode());
      }
      return new SseClient(response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Headers of the answer. */
  public HttpHeaders headers() {
    return headers;
  }

  /** The next event or message. */
  public Block next() {
    String id = "";
    String line = line();
    while (!line.startsWith("data: ")) {
      if (line.startsWith("id: ")) {
        id = line.substring(4);
      }
      line = line();
    }
    return new Block(id, new JsonObject(line.substring(6)));
  }

  /** The next event that has a name. */
  public Named nextNamed() {
    String line = line();
    while (!line.startsWith("event: ")) {
      line = line();
    }
    return new Named(line.substring(7), next().data());
  }

  /** Whether an event that has a name has come that was not read. */
  public boolean hasNamed() {
    return lines.stream().anyMatch(line -> line.startsWith("event: "));
  }

  /** The position in a block without an event; events before it are dropped. */
  public String nextPositionAlone() {
    String before = line();
    while (!before.startsWith("id: ")) {
      before = line();
    }
    String after = line();
    return after.isEmpty() ? before.substring(4) : nextPositionAlone();
  }

  /** Reads on to the last event and answers what it says. */
  public JsonObject end() {
    String line = line();
    while (!line.equals("event: end")) {
      line = line();
    }
    return next().data();
  }

  private String line() {
    try {
      String line = lines.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("nothing came within " + WAIT_SECONDS + " s");
      }
      if (line.equals(ENDED)) {
        lines.add(ENDED);
        throw new AssertionError("the stream ended");
      }
      return line;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads on its own: a read of the JDK's stream can be neither bounded nor interrupted. */
  private void read() {
    BufferedReader reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    try {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException broken) {
      // It has ended then, too.
    }
    lines.add(ENDED);
  }

  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
