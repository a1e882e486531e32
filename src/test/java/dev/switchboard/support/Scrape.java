package dev.switchboard.support;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The samples that a node's {@code /metrics} showed at one moment. */
public final class Scrape {
  private static final Pattern SAMPLE =
      Pattern.compile("^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? (\\S+)$");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  private final List<Sample> samples;

  private Scrape(List<Sample> samples) {
    this.samples = samples;
  }

  /** One time series and its value. */
  public record Sample(String name, Map<String, String> labels, double value) {
    private boolean has(Map<String, String> wanted) {
      return labels.entrySet().containsAll(wanted.entrySet());
    }
  }

  /** Reads the metrics of a node. */
  public static Scrape of(TestNode node) {
    return parse(node.manage("/metrics").body());
  }

  /** Reads the text form of Prometheus. */
  public static Scrape parse(String text) {
    return new Scrape(
        text.lines().filter(line -> !line.startsWith("#")).map(Scrape::sample).toList());
  }

  private static Sample sample(String line) {
    Matcher parts = SAMPLE.matcher(line);
    if (!parts.matches()) {
      throw new AssertionError("not a sample: " + line);
    }
    Map<String, String> labels = new LinkedHashMap<>();
    if (parts.group(2) != null) {
      LABEL
          .matcher(parts.group(2))
          .results()
          .forEach(one -> labels.put(one.group(1), one.group(2)));
    }
    String value = parts.group(3).replace("+Inf", "Infinity").replace("-Inf", "-Infinity");
    return new Sample(parts.group(1), labels, Double.parseDouble(value));
  }

  /** The sum of the time series with that name and at least these labels; 0 if there are none. */
  public double sum(String name, String... labels) {
    Map<String, String> wanted = new LinkedHashMap<>();
    for (int i = 0; i < labels.length; i += 2) {
      wanted.put(labels[i], labels[i + 1]);
    }
    return samples.stream()
        .filter(sample -> sample.name().equals(name) && sample.has(wanted))
        .mapToDouble(Sample::value)
        .sum();
  }

  /** Whether there is a time series with that name. */
  public boolean has(String name) {
    return samples.stream().anyMatch(sample -> sample.name().equals(name));
  }

  /** The names of all labels of a metric. */
  public Set<String> labelsOf(String name) {
    Set<String> labels = new HashSet<>();
    samples.stream()
        .filter(sample -> sample.name().equals(name))
        .forEach(sample -> labels.addAll(sample.labels().keySet()));
    return labels;
  }

  /** The values that a metric has of a label. */
  public Set<String> valuesOf(String name, String label) {
    Set<String> values = new HashSet<>();
    samples.stream()
        .filter(sample -> sample.name().equals(name) && sample.labels().containsKey(label))
        .forEach(sample -> values.add(String.valueOf(sample.labels().get(label))));
    return values;
  }

  /** All samples. */
  public List<Sample> samples() {
    return samples;
  }
}
