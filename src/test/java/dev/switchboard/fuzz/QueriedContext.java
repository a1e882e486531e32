package dev.switchboard.fuzz;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Optional;

/** Requests of which only the query is asked for. */
public final class QueriedContext {
  private QueriedContext() {}

  /** The request with that query string; empty if the server refuses such a one unread. */
  public static Optional<RoutingContext> of(String query) {
    MultiMap parameters = MultiMap.caseInsensitiveMultiMap();
    try {
      new QueryStringDecoder(query, false).parameters().forEach(parameters::add);
    } catch (IllegalArgumentException refusedUnread) {
      return Optional.empty();
    }
    InvocationHandler calls =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "queryParams" -> parameters;
              case "queryParam" -> parameters.getAll((String) arguments[0]);
              default -> throw new UnsupportedOperationException(method.toString());
            };
    Object context =
        Proxy.newProxyInstance(
            RoutingContext.class.getClassLoader(), new Class<?>[] {RoutingContext.class}, calls);
    return Optional.of((RoutingContext) context);
  }
}
