package dev.switchboard.bench.measure;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The Markdown table of a whole call: a row per figure, a column per server, and the ratios of the
 * others to the reference server, or to the first one if that did not run.
 *
 * <p>Absolute values vary with the load of the machine; compare the ratios within one run.
 */
public final class Report {
  private static final String REFERENCE = "reference";

  private final Set<String> servers;
  private final Map<String, Map<Metric, Map<String, List<Double>>>> byWorkload;

  private Report(List<Figure> figures) {
    servers = new LinkedHashSet<>();
    figures.forEach(figure -> servers.add(figure.server()));
    byWorkload =
        figures.stream()
            .collect(
                groupingBy(
                    Figure::workload,
                    LinkedHashMap::new,
                    groupingBy(
                        Figure::metric,
                        TreeMap::new,
                        groupingBy(Figure::server, mapping(Figure::value, toList())))));
  }

  /** Reads the figures that runs have appended to the file. */
  public static Report read(Path file) throws IOException {
    return new Report(Files.readAllLines(file).stream().map(Figure::parse).toList());
  }

  public String markdown() {
    StringBuilder table = new StringBuilder();
    row(table, "workload", "figure", String.join(" | ", servers), "ratio");
    row(
        table,
        "---",
        "---",
        String.join(" | ", servers.stream().map(s -> "---:").toList()),
        "---:");
    byWorkload.forEach(
        (workload, metrics) ->
            metrics.forEach(
                (metric, values) ->
                    row(
                        table,
                        workload,
                        metric.label(),
                        String.join(
                            " | ", servers.stream().map(s -> cell(metric, values.get(s))).toList()),
                        ratio(values))));
    return table.toString();
  }

  private static void row(StringBuilder table, String... columns) {
    table.append("| ").append(String.join(" | ", columns)).append(" |\n");
  }

  /** The median, with the range behind it when there was more than one run. */
  private static String cell(Metric metric, @Nullable List<Double> values) {
    if (values == null) {
      return "–";
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    String median = metric.format(median(sorted));
    return sorted.length == 1
        ? median
        : "%s (%s–%s)"
            .formatted(median, metric.format(sorted[0]), metric.format(sorted[sorted.length - 1]));
  }

  private String ratio(Map<String, List<Double>> values) {
    List<String> measured = servers.stream().filter(values::containsKey).toList();
    String base = measured.contains(REFERENCE) ? REFERENCE : measured.get(0);
    double divisor = median(values.getOrDefault(base, List.of()));
    return measured.stream()
        .filter(server -> !server.equals(base))
        .mapToDouble(server -> median(values.getOrDefault(server, List.of())) / divisor)
        .filter(Double::isFinite)
        .mapToObj("%.2f"::formatted)
        .collect(joining(" / "));
  }

  private static double median(List<Double> values) {
    return median(values.stream().mapToDouble(Double::doubleValue).sorted().toArray());
  }

  private static double median(double[] sorted) {
    return sorted[(sorted.length - 1) / 2] / 2 + sorted[sorted.length / 2] / 2;
  }
}
