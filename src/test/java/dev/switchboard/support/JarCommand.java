package dev.switchboard.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A sub-command of the fat jar in a process of its own, as a person at a shell runs it. */
public final class JarCommand implements AutoCloseable {
  private static final long WAIT_SECONDS = 90;
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final Process process;
  private final Path out;
  private final Path err;

  private JarCommand(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** What a command printed and how it ended. */
  public record Result(int exitCode, String out, String err) {}

  /** How a command is to be started. */
  public static final class Setting {
    private final Path directory;
    private final Map<String, String> environment = new TreeMap<>();
    private String input = "";
    private @Nullable Path inputFile;

    private Setting(Path directory) {
      this.directory = directory;
    }

    /** With an environment variable. */
    public Setting with(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    /** With this text, and nothing after it, on standard input. */
    public Setting reading(String text) {
      input = text;
      return this;
    }

    /** With this file on standard input. */
    public Setting readingFile(Path file) {
      inputFile = file;
      return this;
    }

    /** Starts it from a script in UTF-8, so that the bytes of the arguments are as written here. */
    public JarCommand startFromScript(String... arguments) throws IOException {
      return start(commandFromScript(arguments));
    }

    private List<String> commandFromScript(String... arguments) throws IOException {
      String line =
          command(arguments).stream()
              .map(word -> "'" + word.replace("'", "'\\''") + "'")
              .collect(Collectors.joining(" ", "exec ", "\n"));
      Path script =
          Files.writeString(directory.resolve("script-" + NUMBERS.incrementAndGet()), line);
      return List.of("sh", script.toString());
    }

    /** Starts it. */
    public JarCommand start(String... arguments) throws IOException {
      return start(command(arguments));
    }

    private static List<String> command(String... arguments) {
      // A command lives for a moment: what makes a server fast later only costs it time.
      List<String> command =
          TestJvm.command(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar"));
      command.add(
          Path.of(System.getProperty("switchboard.jar", "target/switchboard.jar"))
              .toAbsolutePath()
              .toString());
      command.addAll(List.of(arguments));
      return command;
    }

    private JarCommand start(List<String> command) throws IOException {
      String name = "command-" + NUMBERS.incrementAndGet();
      Path out = directory.resolve(name + ".out");
      Path err = directory.resolve(name + ".err");
      Path in =
          inputFile == null ? Files.writeString(directory.resolve(name + ".in"), input) : inputFile;
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().putAll(environment);
      return new JarCommand(builder.start(), out, err);
    }
  }

  /** A command whose working directory is that. */
  public static Setting in(Path directory) {
    return new Setting(directory);
  }

  /** Waits for its end. */
  public Result await() {
    try {
      if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the command did not end; it said: " + err());
      }
      return new Result(process.exitValue(), out(), err());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      close();
    }
  }

  /** What it has printed by now. */
  public String out() {
    return read(out);
  }

  /** What it has said on standard error by now. */
  public String err() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
