package dev.switchboard.postgres;

import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An SQL statement whose parameters have names, such as {@code :tenant_id}. A name may be used more
 * than once; a cast ({@code ::text}) is left alone.
 */
public final class NamedStatement {
  private static final Pattern NAME = Pattern.compile("(?<!:):([a-z][a-z0-9_]*)");

  private final String sql;
  private final List<String> names = new ArrayList<>();

  private NamedStatement(String text) {
    Matcher matcher = NAME.matcher(text);
    this.sql = matcher.replaceAll(match -> "\\$" + number(match.group(1)));
  }

  /** Parses {@code text}; made once, as a constant. */
  public static NamedStatement of(String text) {
    return new NamedStatement(text);
  }

  private int number(String name) {
    if (!names.contains(name)) {
      names.add(name);
    }
    return names.indexOf(name) + 1;
  }

  /** The statement with the parameters {@code $1}, {@code $2} … of Postgres. */
  public String sql() {
    return sql;
  }

  /**
   * The parameters in the statement's order, taken from {@code values}, which may hold more.
   *
   * @throws IllegalArgumentException if a name of the statement is missing in {@code values}
   */
  public Tuple bind(Map<String, ? extends @Nullable Object> values) {
    Tuple parameters = Tuple.tuple();
    for (String name : names) {
      if (!values.containsKey(name)) {
        throw new IllegalArgumentException("the parameter " + name + " has no value");
      }
      Tuple unused = parameters.addValue(values.get(name));
    }
    return parameters;
  }
}
