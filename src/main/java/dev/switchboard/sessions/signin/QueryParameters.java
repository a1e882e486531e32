package dev.switchboard.sessions.signin;

import dev.switchboard.event.InvalidNameException;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters that a resource reads. Refuses a query of which it would ignore a part: a
 * parameter that is given twice or without a value, or whose name looks like a misspelt one.
 *
 * @param single parameters with one value
 * @param lists parameters with comma-separated values, which may be repeated, and may be empty
 */
public record QueryParameters(Set<String> single, Set<String> lists) {
  /** No parameter is read. */
  public static final QueryParameters NONE = ofSingle();

  /** A cursor without a value is no cursor, as programs write it for their first page. */
  private static final String CURSOR = "after";

  private static final int MAX_EDITS = 2;

  /** In shorter names that many edits would lead from any word to any other. */
  private static final int MIN_LENGTH_FOR_TWO_EDITS = 6;

  public QueryParameters {
    single = Set.copyOf(single);
    lists = Set.copyOf(lists);
  }

  /** Makes parameters with one value each. */
  public static QueryParameters ofSingle(String... names) {
    return new QueryParameters(Set.of(names), Set.of());
  }

  /**
   * Checks the parameters of a request; their names are read in any case.
   *
   * @throws InvalidNameException that names the parameter and says how to fix it
   */
  public void check(MultiMap query) {
    query.names().forEach(name -> check(name.toLowerCase(Locale.ROOT), query.getAll(name)));
  }

  private void check(String name, List<String> values) {
    if (lists.contains(name)) {
      return;
    }
    if (single.contains(name)) {
      requireOneValue(name, values);
      return;
    }
    String meant = similar(name);
    if (meant != null) {
      throw new InvalidNameException(
          "unknown query parameter " + shown(name) + "; did you mean " + meant + "?");
    }
  }

  private static void requireOneValue(String name, List<String> values) {
    if (values.size() > 1) {
      throw new InvalidNameException("give the query parameter " + name + " once");
    }
    if (values.get(0).isEmpty() && !name.equals(CURSOR)) {
      throw new InvalidNameException(
          "the query parameter " + name + " is empty; give it a value or leave it out");
    }
  }

  private @Nullable String similar(String name) {
    return Stream.concat(single.stream(), lists.stream())
        .sorted()
        .filter(known -> looksLike(plain(name), plain(known)))
        .findFirst()
        .orElse(null);
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[_-]|\\[\\d*]$", "");
  }

  private static boolean looksLike(String name, String known) {
    int edits = known.length() < MIN_LENGTH_FOR_TWO_EDITS ? 1 : MAX_EDITS;
    return Math.abs(name.length() - known.length()) <= edits && distance(name, known) <= edits;
  }

  /** Insertions, deletions and replacements that lead from {@code a} to {@code b}. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  private static String shown(String name) {
    String cut = name.length() > 64 ? name.substring(0, 64) : name;
    return cut.replaceAll("[^!-~]", "?");
  }

  /** Joins the values of a list; null if it is absent. */
  static @Nullable String list(MultiMap query, String name) {
    return query.contains(name) ? String.join(",", query.getAll(name)) : null;
  }
}
