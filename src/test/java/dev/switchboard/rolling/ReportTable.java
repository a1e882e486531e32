package dev.switchboard.rolling;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The figures of a run, a column for each load balancer. */
final class ReportTable {
  private static final Path FILE = Path.of("target", "rolling.txt");
  private static final int WIDTH = 50;

  /** Values by row and column. */
  private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();

  private final Set<String> columns = new LinkedHashSet<>();

  /** Sets the value of a row for that load balancer. */
  void put(String proxy, String row, Number value) {
    columns.add(proxy);
    rows.computeIfAbsent(row, name -> new LinkedHashMap<>())
        .put(proxy, "%,d".formatted(value.longValue()));
  }

  /** Writes the table below {@code target}, for {@code scripts/rolling}, and prints it. */
  void print(String title) {
    StringBuilder text = new StringBuilder(title).append('\n').append(" ".repeat(WIDTH));
    columns.forEach(column -> text.append("%12s".formatted(column)));
    rows.forEach(
        (row, values) -> {
          text.append("\n%-50s".formatted(row));
          columns.forEach(
              column -> text.append("%12s".formatted(values.getOrDefault(column, "-"))));
        });
    text.append('\n');
    System.out.print(text);
    try {
      Path unused = Files.writeString(FILE, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
