package dev.switchboard.support;

import com.google.errorprone.annotations.CheckReturnValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A real nginx or HAProxy with the file of {@code conf/}, in front of the nodes of a test. */
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
        shipped("nginx.conf", nodes, node -> "127.0.0.1:" + node.http())
            .replace("http {\n", temporary)
            .replace("listen 8080", "listen 127.0.0.1:" + port);
    Path written = Files.writeString(directory.resolve("nginx.conf"), config);
    String directives = "daemon off; pid " + directory.resolve("pid") + ";";
    return List.of(file, "-e", "stderr", "-c", written.toString(), "-g", directives);
  }

  private static List<String> haproxy(String file, Path directory, int port, List<Ports> nodes)
      throws IOException {
    String config =
        shipped(
                "haproxy.cfg",
                nodes,
                node -> "127.0.0.1:" + node.http() + " port " + node.management())
            .replace("bind :8080", "bind 127.0.0.1:" + port);
    Path written = Files.writeString(directory.resolve("haproxy.cfg"), config);
    Path unused =
        Files.copy(Path.of("conf/stream-retry.http"), directory.resolve("stream-retry.http"));
    return List.of(file, "-f", written.toString());
  }

  /** A file of {@code conf/}, whose lines for two nodes become lines for {@code nodes}. */
  private static String shipped(String name, List<Ports> nodes, Function<Ports, String> address)
      throws IOException {
    return Files.readAllLines(Path.of("conf", name)).stream()
        .filter(line -> !line.contains("node-2"))
        .flatMap(line -> line.contains("node-1") ? each(line, nodes, address) : Stream.of(line))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static Stream<String> each(
      String line, List<Ports> nodes, Function<Ports, String> address) {
    return IntStream.range(0, nodes.size())
        .mapToObj(
            i ->
                line.replace("node-1:8080", address.apply(nodes.get(i)))
                    .replace("node-1", "node-" + (i + 1)));
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
