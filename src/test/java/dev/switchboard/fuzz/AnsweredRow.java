package dev.switchboard.fuzz;

import io.vertx.sqlclient.Row;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of Postgres, made of the values of their columns. */
public final class AnsweredRow {
  private AnsweredRow() {}

  /** The row; a getter for a column that it does not have, or of another type, throws. */
  public static Row of(Map<String, ? extends @Nullable Object> values) {
    InvocationHandler columns =
        (proxy, method, arguments) -> {
          if (!method.getName().startsWith("get") || !(arguments[0] instanceof String column)) {
            throw new UnsupportedOperationException(method.toString());
          }
          if (!values.containsKey(column)) {
            throw new IllegalArgumentException(column);
          }
          return values.get(column);
        };
    return (Row)
        Proxy.newProxyInstance(Row.class.getClassLoader(), new Class<?>[] {Row.class}, columns);
  }
}
