package dev.switchboard.support;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A PgBouncer in transaction mode with two connections to its Postgres. */
public final class PgBouncer implements AutoCloseable {
  private final Process process;
  private final int port;

  private PgBouncer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts one with its files in {@code directory}.
   *
   * @param program of {@link Programs#require}
   * @param postgres the section of a node that reaches Postgres itself
   */
  public static PgBouncer start(String program, Path directory, JsonObject postgres) {
    int port = TestRedis.freePort();
    try {
      Path users =
          Files.writeString(
              directory.resolve("users.txt"),
              "\"%s\" \"%s\"%n"
                  .formatted(postgres.getString("user"), postgres.getString("password")));
      Path settings =
          Files.writeString(directory.resolve("pgbouncer.ini"), settings(postgres, port, users));
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
      List<String> command = new ArrayList<>(List.of(program));
      if ("root".equals(System.getProperty("user.name"))) {
        // It does not run as root.
        command.addAll(List.of("-u", "nobody"));
      }
      command.add(settings.toString());
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("pgbouncer.log").toFile())
              .start();
      Waiting.until("PgBouncer listens", () -> listens(port));
      return new PgBouncer(process, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String settings(JsonObject postgres, int port, Path users) {
    return """
    [databases]
    * = host=%s port=%d
    [pgbouncer]
    listen_addr = 127.0.0.1
    listen_port = %d
    unix_socket_dir =
    auth_type = trust
    auth_file = %s
    pool_mode = transaction
    default_pool_size = 2
    """
        .formatted(postgres.getString("host"), postgres.getInteger("port"), port, users);
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
