package dev.switchboard.bench.measure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Takes the figures of one run: shows them at once and keeps them for the report. */
public final class Results {
  private final String server;
  private final String workload;
  private final @Nullable Path file;
  private final PrintStream out;

  /**
   * @param file null shows the figures only
   */
  public Results(String server, String workload, @Nullable Path file, PrintStream out) {
    this.server = server;
    this.workload = workload;
    this.file = file;
    this.out = out;
  }

  public void count(Metric metric, long value) {
    add(metric, (double) value);
  }

  public void add(Metric metric, double value) {
    out.printf("  %-45s %s%n", metric.label(), metric.format(value));
    if (file == null) {
      return;
    }
    try {
      Files.writeString(
          file, new Figure(server, workload, metric, value).line(), UTF_8, CREATE, APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
