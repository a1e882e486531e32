package dev.switchboard.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Programs;
import dev.switchboard.support.TestJvm;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that a page shows, copied from it verbatim but for its port, while it runs. */
final class ExampleProgram implements AutoCloseable {
  private static final long WAIT_SECONDS = 30;

  private final Process process;
  private final Path output;
  private final int port;

  private ExampleProgram(Process process, Path output, int port) {
    this.process = process;
    this.output = output;
    this.port = port;
  }

  /**
   * Starts the program whose first line names {@code file}; aborts {@code test} if what runs it is
   * not installed.
   */
  static ExampleProgram start(
      Path directory, String file, Map<String, String> environment, String test) {
    List<String> command = interpreter(file, test);
    int port = TestRedis.freePort();
    Path output = directory.resolve(file + ".output");
    try {
      Path source = Files.writeString(directory.resolve(file), source(file, port));
      command.add(source.toString());
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      return new ExampleProgram(builder.start(), output, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> interpreter(String file, String test) {
    String ending = file.substring(file.lastIndexOf('.') + 1);
    List<String> command =
        switch (ending) {
          case "js" -> List.of("node");
          case "py" -> List.of("python3");
          case "go" -> List.of("go", "run");
          case "java" -> TestJvm.command(List.of());
          default -> throw new IllegalArgumentException("no interpreter for " + file);
        };
    List<String> found = new ArrayList<>(command);
    if (!ending.equals("java")) {
      found.set(0, Programs.installed().require(command.get(0), test + " with " + file));
    }
    return found;
  }

  private static String source(String file, int port) {
    List<CodeBlock> shown =
        CodeBlock.all().stream().filter(block -> block.fileName().equals(file)).toList();
    assertThat(shown).as("blocks that begin with the file name %s", file).hasSize(1);
    return shown.get(0).text().replaceAll("\\b(8000|9000|9001)\\b", Integer.toString(port));
  }

  /** Waits until it listens on its port, which is returned. */
  int awaitPort() {
    Waiting.until("the program listens", () -> isOpen() || hasEnded());
    return port;
  }

  private boolean isOpen() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  private boolean hasEnded() {
    if (process.isAlive()) {
      return false;
    }
    throw new AssertionError("it ended: " + output());
  }

  /** What it has printed by now. */
  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    try {
      assertThat(process.destroyForcibly().waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
