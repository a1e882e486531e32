package dev.switchboard.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real Redis for one test class: an address from {@code SWITCHBOARD_TEST_REDIS}, a container
 * where Docker answers, the {@code redis-server} on PATH, or the binary that embedded mode ships.
 */
public final class TestRedis implements AutoCloseable {
  private static final String ENV = "SWITCHBOARD_TEST_REDIS";

  /** Processes that a test class did not close, because its set-up failed, end with this one. */
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final String host;
  private final int port;
  private final Runnable onClose;
  private final List<String> command;
  private @Nullable Process process;
  private String password = "";

  private TestRedis(String host, int port, List<String> command, Runnable onClose) {
    this.host = host;
    this.port = port;
    this.command = command;
    this.onClose = onClose;
  }

  /** Starts one, or takes the given address. */
  public static TestRedis start(String... extraArguments) {
    String given = System.getenv(ENV);
    if (given != null && extraArguments.length == 0) {
      String[] parts = given.split(":");
      return new TestRedis(parts[0], Integer.parseInt(parts[1]), List.of(), () -> {});
    }
    if (Containers.available() && extraArguments.length == 0) {
      return Containers.redis();
    }
    return startAt(freePort(), extraArguments);
  }

  /** Starts a process of our own on that port. */
  static TestRedis startAt(int port, String... extraArguments) {
    List<String> command =
        new ArrayList<>(List.of(binary(), "--port", Integer.toString(port), "--bind", "127.0.0.1"));
    command.addAll(List.of("--save", "", "--dir", newDirectory().toString()));
    command.addAll(List.of("--appendonly", "yes", "--maxmemory-policy", "noeviction"));
    // What a killed process has written is not lost, and a slow disk holds nobody up.
    command.addAll(List.of("--appendfsync", "no"));
    command.addAll(List.of("--repl-diskless-sync-delay", "0"));
    command.addAll(Arrays.asList(extraArguments));
    return started(port, command);
  }

  /** Starts a sentinel with the lines of its configuration file. */
  static TestRedis startSentinelAt(int port, List<String> lines) {
    Path directory = newDirectory();
    try {
      List<String> all = new ArrayList<>(List.of("port " + port, "bind 127.0.0.1"));
      all.add("dir \"" + directory + "\"");
      all.addAll(lines);
      Path file = Files.write(directory.resolve("sentinel.conf"), all);
      return started(port, List.of(binary(), file.toString(), "--sentinel"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts one sentinel alone, which can't fail over. */
  public static TestRedis startWatching(String name, TestRedis master, String... lines) {
    List<String> all = new ArrayList<>(Arrays.asList(lines));
    all.add("sentinel monitor " + name + " 127.0.0.1 " + master.port() + " 2");
    return startSentinelAt(freePort(), all);
  }

  private static TestRedis started(int port, List<String> command) {
    TestRedis redis = new TestRedis("127.0.0.1", port, command, () -> {});
    redis.launch();
    return redis;
  }

  static TestRedis at(String host, int port, Runnable onClose) {
    return new TestRedis(host, port, List.of(), onClose);
  }

  /** Describes how Redis is found. */
  static String choice() {
    if (System.getenv(ENV) != null) {
      return ENV;
    }
    return Containers.available() ? "container" : binary();
  }

  public String host() {
    return host;
  }

  public int port() {
    return port;
  }

  /** {@code host:port}. */
  public String address() {
    return host + ":" + port;
  }

  /** Signs in with the default user's password from now on. */
  TestRedis signIn(String password) {
    this.password = password;
    return this;
  }

  /** Sends commands as a person with redis-cli would; answers the raw reply of the last. */
  public String cli(String... command) {
    try (Socket socket = new Socket(host, port)) {
      socket.setSoTimeout(5_000);
      if (!password.isEmpty()) {
        String unused = send(socket, "AUTH", password);
      }
      return send(socket, command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Publishes bytes that may be no text. */
  public void publish(String channel, byte[] message) {
    try (Socket socket = new Socket(host, port)) {
      socket.setSoTimeout(5_000);
      String unused = send(socket, List.of(bytes("PUBLISH"), bytes(channel), message));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String send(Socket socket, String... command) throws IOException {
    return send(socket, Arrays.stream(command).map(TestRedis::bytes).toList());
  }

  private static String send(Socket socket, List<byte[]> command) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(bytes("*" + command.size() + "\r\n"));
    for (byte[] argument : command) {
      request.writeBytes(bytes("$" + argument.length + "\r\n"));
      request.writeBytes(argument);
      request.writeBytes(bytes("\r\n"));
    }
    request.writeTo(socket.getOutputStream());
    return Resp.read(socket.getInputStream());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Stops the process at once; its AOF stays. */
  public void kill() {
    Process killed = requireProcess().destroyForcibly();
    awaitEnd(killed);
  }

  /** Stops the process in order; what it wrote is on disk. */
  public void stop() {
    Process stopped = requireProcess();
    stopped.destroy();
    awaitEnd(stopped);
  }

  /** Starts it again after {@link #kill} or {@link #stop}, with the same data. */
  public void restart() {
    launch();
  }

  /** Makes it stop answering without closing anything. */
  public void freeze() {
    Signals.send("STOP", requireProcess());
  }

  /** Undoes {@link #freeze}. */
  public void thaw() {
    Signals.send("CONT", requireProcess());
  }

  private Process requireProcess() {
    if (process == null) {
      throw new IllegalStateException("this Redis was not started by the tests; unset " + ENV);
    }
    return process;
  }

  private static void awaitEnd(Process ended) {
    try {
      if (!ended.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException(ended + " did not end");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void launch() {
    try {
      Process started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      RUNNING.add(started);
      process = started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Waiting.until("Redis answers on port " + port, this::answers);
  }

  /** Whether it runs and is reached. */
  public boolean answers() {
    try {
      String answer = cli("PING");
      return answer.contains("PONG") || answer.contains("NOAUTH");
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  /** A port that nothing listens on. */
  public static int freePort() {
    return FreePorts.next();
  }

  static Path newDirectory() {
    try {
      Path directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "it-");
      directory.toFile().deleteOnExit();
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The installed server, else the shipped binary. */
  static String binary() {
    return Programs.installed()
        .find("redis-server")
        .map(Path::toString)
        .orElseGet(TestRedis::shipped);
  }

  private static String shipped() {
    String name = shippedName();
    Path file = Path.of("target").toAbsolutePath().resolve(name);
    try (InputStream in = TestRedis.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IllegalStateException("no Redis: install redis-server or set " + ENV);
      }
      if (!Files.exists(file)) {
        // Moved when complete: an interrupted copy must not be taken for the server later.
        Path copy = newDirectory().resolve(name);
        long unused = Files.copy(in, copy);
        if (!copy.toFile().setExecutable(true)) {
          throw new IllegalStateException("can't make " + copy + " executable");
        }
        Path moved = Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
        return moved.toString();
      }
      return file.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String shippedName() {
    boolean arm = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT).contains("aarch64");
    boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
    return "redis-server-7.0.15-%s-%s".formatted(mac ? "darwin" : "linux", arm ? "arm64" : "amd64");
  }

  @Override
  public void close() {
    if (process != null) {
      awaitEnd(process.destroyForcibly());
    }
    onClose.run();
  }
}
