package dev.switchboard.support;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an expression in the query language of Prometheus refers to. Reads the part of the language
 * that alerts and dashboards use; variables of Grafana stand for any value.
 */
public final class PromQl {
  private static final Pattern GROUPING =
      Pattern.compile("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
  private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*\\]");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\w+");
  private static final Pattern SELECTOR =
      Pattern.compile("(?<![\\w.:\"$])([a-zA-Z_:][\\w:]*)\\b\\s*(\\{[^}]*\\})?(?!\\s*\\()");
  private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
  private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

  private final List<Selector> selectors = new ArrayList<>();
  private final Set<String> grouping = new LinkedHashSet<>();
  private boolean grouped;

  /** A metric and the labels by which it is selected. */
  public record Selector(String metric, List<Match> matches) {}

  /** One label of a selector; {@code values} are those that it names, without variables. */
  public record Match(String label, List<String> values) {}

  /** Reads an expression. */
  public PromQl(String expression) {
    String text = RANGE.matcher(expression).replaceAll("");
    GROUPING.matcher(text).results().forEach(this::addGrouping);
    text = GROUPING.matcher(text).replaceAll(" ");
    Matcher found = SELECTOR.matcher(text);
    while (found.find()) {
      String name = found.group(1);
      if (!WORDS.contains(name)) {
        selectors.add(new Selector(name, matches(found.group(2))));
      }
    }
  }

  private void addGrouping(MatchResult found) {
    grouped |= found.group(1).equals("by");
    for (String label : found.group(2).split(",")) {
      if (!label.isBlank()) {
        grouping.add(label.trim());
      }
    }
  }

  private static List<Match> matches(@Nullable String braces) {
    return braces == null
        ? List.of()
        : MATCHER.matcher(braces).results().map(PromQl::match).toList();
  }

  private static Match match(MatchResult found) {
    String value = found.group(3);
    boolean plain = !found.group(2).endsWith("~") || value.matches("[\\w|]+");
    return new Match(
        found.group(1),
        plain && !VARIABLE.matcher(value).find() ? List.of(value.split("\\|")) : List.of());
  }

  /** The metrics that the expression reads. */
  public List<Selector> selectors() {
    return selectors;
  }

  /** The labels that it groups or joins by. */
  public Set<String> grouping() {
    return grouping;
  }

  /** Whether only the labels of {@link #grouping} are left in its result. */
  public boolean isGrouped() {
    return grouped;
  }
}
