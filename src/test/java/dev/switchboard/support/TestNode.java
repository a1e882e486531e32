package dev.switchboard.support;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.node.Server;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A node under test, in this process or from the fat jar in its own; tests speak to it over HTTP
 * and WebSocket only.
 */
public final class TestNode implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Pattern READY =
      Pattern.compile("Ready .*?port=\"(\\d+)\" managementPort=\"(\\d+)\"");
  private static final long WAIT_SECONDS = 60;
  private static final AtomicInteger CONFIGURED = new AtomicInteger();

  private final int port;
  private final int managementPort;
  private final @Nullable Server server;
  private final @Nullable Process process;
  private final List<String> output;

  private TestNode(
      int port,
      int managementPort,
      @Nullable Server server,
      @Nullable Process process,
      List<String> output) {
    this.port = port;
    this.managementPort = managementPort;
    this.server = server;
    this.process = process;
    this.output = output;
  }

  /**
   * A configuration for these stores: free ports, no warm-up, http webhooks to this machine, quick
   * sweeps.
   */
  public static JsonObject config(Stores stores) {
    return config(
        stores.postgres(),
        new JsonObject()
            .put("mode", "standalone")
            .put("nodes", new JsonArray().add(stores.redis().address())));
  }

  /** The same for a Redis of another kind. */
  public static JsonObject config(TestPostgres postgres, JsonObject redis) {
    return config(postgres.section(), redis);
  }

  /**
   * The same for sections of any stores. The system property {@code switchboard.eventsChannel} is
   * the setting of that name; with {@code mixed} nodes have one value and the other in turn.
   */
  public static JsonObject config(JsonObject postgres, JsonObject redis) {
    String channel = System.getProperty("switchboard.eventsChannel", "shared");
    if (channel.equals("mixed")) {
      channel = CONFIGURED.getAndIncrement() % 2 == 0 ? "perTenant" : "shared";
    }
    if (!channel.equals("shared")) {
      redis.put("eventsChannel", channel);
    }
    return new JsonObject()
        .put("node", new JsonObject().put("warmup", "0s").put("storesTimeout", "3s"))
        .put("http", new JsonObject().put("port", 0).put("host", "127.0.0.1"))
        .put("management", new JsonObject().put("port", 0).put("host", "127.0.0.1"))
        .put("auth", new JsonObject().put("jwtSecret", TestTokens.SECRET))
        .put("redis", redis)
        .put("postgres", postgres)
        .put(
            "webhooks",
            new JsonObject()
                .put("allowHttp", true)
                .put("allowedCidrs", new JsonArray().add("127.0.0.0/8"))
                .put("internalTenants", new JsonArray().add("*"))
                .put("sweep", "100ms")
                .put("reload", "200ms"))
        .put("logging", new JsonObject().put("level", "warn"));
  }

  /** Starts a node in this process. */
  public static TestNode start(Stores stores) {
    return start(config(stores));
  }

  /** The same, with a configuration of one's own. */
  public static TestNode start(JsonObject json) {
    return start(json, Clock.systemUTC());
  }

  /** The same, with its own clock. */
  public static TestNode start(JsonObject json, Clock clock) {
    SwitchboardConfig config = ConfigLoader.bind("test", json, name -> null);
    Server server = new Server(config, clock);
    await(server.start());
    return new TestNode(server.port(), server.managementPort(), server, null, List.of());
  }

  /** Starts a node from the fat jar in a process of its own. */
  public static TestNode startJar(JsonObject json) {
    return startJar(json, Map.of());
  }

  /** The same with environment variables and options of the JVM. */
  public static TestNode startJar(
      JsonObject json, Map<String, String> environment, String... options) {
    try {
      Path file = Files.createTempFile(Path.of("target").toAbsolutePath(), "node-", ".json");
      file.toFile().deleteOnExit();
      json.getJsonObject("logging", new JsonObject()).put("level", "info");
      Files.writeString(file, json.encodePrettily());
      List<String> arguments = new ArrayList<>(List.of(options));
      arguments.addAll(List.of("-Xmx256m", "-jar", jar(), "run", "--config", file.toString()));
      ProcessBuilder builder =
          new ProcessBuilder(TestJvm.command(arguments)).redirectErrorStream(true);
      builder.environment().putAll(environment);
      return awaitReady(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String jar() {
    String jar = System.getProperty("switchboard.jar", "target/switchboard.jar");
    if (!Files.exists(Path.of(jar))) {
      throw new IllegalStateException(jar + " is missing; run through `mvn verify`");
    }
    return jar;
  }

  private static TestNode awaitReady(Process process) throws IOException {
    List<String> output = new ArrayList<>();
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      output.add(line);
      Matcher ready = READY.matcher(line);
      if (ready.find()) {
        drain(reader, output);
        return new TestNode(
            Integer.parseInt(ready.group(1)),
            Integer.parseInt(ready.group(2)),
            null,
            process,
            output);
      }
    }
    throw new AssertionError("the node did not start:\n" + String.join("\n", output));
  }

  /** A process whose output nobody reads would stop at a full pipe. */
  private static void drain(BufferedReader reader, List<String> output) {
    Thread thread = new Thread(() -> read(reader, output));
    thread.setDaemon(true);
    thread.start();
  }

  private static void read(BufferedReader reader, List<String> output) {
    try {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (output) {
          output.add(line);
        }
      }
    } catch (IOException ended) {
      // The JDK closes the pipe of a process that it ends.
    }
  }

  public int port() {
    return port;
  }

  public int managementPort() {
    return managementPort;
  }

  /** Id of a jar's process. */
  public long pid() {
    return requireProcess().pid();
  }

  /** What a jar's process wrote. */
  public List<String> output() {
    synchronized (output) {
      return List.copyOf(output);
    }
  }

  /** Publishes with a token of every tenant and expects 202; answers the body. */
  public JsonObject publish(JsonObject event) {
    HttpResponse<String> response = post("/api/v1/events", event.encode(), TestTokens.service());
    if (response.statusCode() != 202) {
      throw new AssertionError(response.statusCode() + ": " + response.body());
    }
    return new JsonObject(response.body());
  }

  /** POSTs JSON. */
  public HttpResponse<String> post(String path, String body, String credential) {
    return call("POST", path, body, "Authorization", "Bearer " + credential);
  }

  /** GETs. */
  public HttpResponse<String> get(String path, String credential) {
    return call("GET", path, null, "Authorization", "Bearer " + credential);
  }

  /** Any call, with headers given as name, value, name, value. */
  public HttpResponse<String> call(
      String method, String path, @Nullable String body, String... headers) {
    return http(port, method, path, body, headers);
  }

  /** A call to the operators' port. */
  public HttpResponse<String> manage(String path) {
    return manage(managementPort, path);
  }

  /** The same while a node still starts. */
  public static HttpResponse<String> manage(int managementPort, String path) {
    return http(managementPort, "GET", path, null);
  }

  private static HttpResponse<String> http(
      int port, String method, String path, @Nullable String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends a jar's process at once, as a crash does. */
  public void kill() {
    waitFor(requireProcess().destroyForcibly());
  }

  /** Asks a jar's process to stop, and answers its exit code. */
  public int terminate() {
    askToStop();
    return awaitExit();
  }

  /** Sends SIGTERM to a jar's process. */
  public void askToStop() {
    requireProcess().destroy();
  }

  /** Waits for a jar's process, and answers its exit code. */
  public int awaitExit() {
    Process ended = requireProcess();
    waitFor(ended);
    return ended.exitValue();
  }

  /** Sends a signal such as STOP or CONT to a jar's process. */
  public void signal(String name) {
    Signals.send(name, requireProcess());
  }

  /**
   * Stops a jar's process without ending it, and returns when none of its threads runs any more: a
   * busy machine lets some of them go on for a moment after the signal was sent.
   */
  public void freeze() {
    signal("STOP");
    Path threads = Path.of("/proc", Long.toString(requireProcess().pid()), "task");
    if (Files.isDirectory(threads)) {
      Waiting.until("every thread is stopped", () -> allStopped(threads));
    }
  }

  /** Undoes {@link #freeze}. */
  public void thaw() {
    signal("CONT");
  }

  private static boolean allStopped(Path threads) {
    try (Stream<Path> tasks = Files.list(threads)) {
      return tasks.allMatch(TestNode::isStopped);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The state follows the name, which is in brackets and may hold any character. */
  private static boolean isStopped(Path task) {
    try {
      String stat = Files.readString(task.resolve("stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
    } catch (IOException endedMeanwhile) {
      return true;
    }
  }

  private Process requireProcess() {
    if (process == null) {
      throw new IllegalStateException("this node runs in the test's own process");
    }
    return process;
  }

  private static void waitFor(Process ended) {
    try {
      if (!ended.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the process did not end");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(Future<?> future) {
    try {
      Object unused =
          future.toCompletionStage().toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (server != null) {
      await(server.stop());
    }
    if (process != null && process.isAlive()) {
      kill();
    }
  }
}
