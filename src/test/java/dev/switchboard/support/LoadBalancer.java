package dev.switchboard.support;

import com.google.errorprone.annotations.CheckReturnValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real nginx or HAProxy with the file of {@code conf/}, in front of two nodes of a test. */
@CheckReturnValue
public final class LoadBalancer implements AutoCloseable {
  private final Process process;
  private final int port;

  /** Ports of a node: of clients, and of management. */
  public record Ports(int http, int management) {
    /** Ports that are free now. */
    public static Ports free() {
      return new Ports(FreePorts.next(), FreePorts.next());
    }
  }

  private LoadBalancer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts {@code nginx} or {@code haproxy}; aborts {@code test} if it is not installed. */
  public static LoadBalancer start(String program, String test, List<Ports> nodes) {
    String file = Programs.installed().require(program, test);
    int port = Ports.free().http();
    try {
      Path directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "proxy-");
      Path log = directory.resolve("log");
      ProcessBuilder builder =
          new ProcessBuilder(
              program.equals("nginx")
                  ? nginx(file, directory, port, nodes)
                  : haproxy(file, directory, port, nodes));
      Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
      LoadBalancer started = new LoadBalancer(process, port);
      Waiting.until(program + " listens; see " + log, started::isListening);
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> nginx(String file, Path directory, int port, List<Ports> nodes)
      throws IOException {
    String temporary =
        List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi").stream()
            .map(kind -> kind + "_temp_path " + directory.resolve(kind) + ";\n")
            .reduce("http {\n", String::concat);
    String config =
        Files.readString(Path.of("conf/nginx.conf"))
            .replace("http {\n", temporary)
            .replace("listen 8080", "listen 127.0.0.1:" + port)
            .replace("node-1:8080", "127.0.0.1:" + nodes.get(0).http())
            .replace("node-2:8080", "127.0.0.1:" + nodes.get(1).http());
    Path written = Files.writeString(directory.resolve("nginx.conf"), config);
    String directives = "daemon off; pid " + directory.resolve("pid") + ";";
    return List.of(file, "-e", "stderr", "-c", written.toString(), "-g", directives);
  }

  private static List<String> haproxy(String file, Path directory, int port, List<Ports> nodes)
      throws IOException {
    String config =
        Files.readString(Path.of("conf/haproxy.cfg")).replace("bind :", "bind 127.0.0.1:" + port);
    config = config.replace("bind 127.0.0.1:" + port + "8080", "bind 127.0.0.1:" + port);
    for (int i = 1; i <= nodes.size(); i++) {
      Ports node = nodes.get(i - 1);
      String address = "127.0.0.1:" + node.http() + " port " + node.management();
      config = config.replace("node-" + i + ":8080", address);
    }
    Path written = Files.writeString(directory.resolve("haproxy.cfg"), config);
    Path unused =
        Files.copy(Path.of("conf/stream-retry.http"), directory.resolve("stream-retry.http"));
    return List.of(file, "-f", written.toString());
  }

  private boolean isListening() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }

  /** Port of the clients. */
  public int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
