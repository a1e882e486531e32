package dev.switchboard.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.FuzzTarget;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The header fields that decide on a console session: Host, Cookie, Origin, Sec-Fetch-Site and
 * X-Forwarded-Proto are the parts of an input. The cookie without {@code __Host-} counts on this
 * machine only, and a request of another site is refused.
 */
class ConsoleCookieFuzzTest extends FuzzTarget {
  private static final List<String> FIELDS =
      List.of("Host", "Cookie", "Origin", "Sec-Fetch-Site", "X-Forwarded-Proto");
  private static final List<String> LOCAL = List.of("localhost", "127.0.0.1", "::1", "[::1]");

  @Override
  protected void check(byte[] input) {
    List<String> parts = parts(input, 5);
    HttpServerRequest request = request(parts);
    boolean local = isLocal(parts.get(0));
    String value = ConsoleCookie.presented(request);
    if (value != null) {
      assertThat(value).isNotEmpty();
      assertThat(local || parts.get(1).contains("__Host-switchboard")).isTrue();
    }
    assertThat(passes(() -> ConsoleCookie.requireOwnPage(request)))
        .isEqualTo(parts.get(3).equals("same-origin"));
    boolean https = (parts.get(2) + parts.get(4)).toLowerCase(Locale.ROOT).contains("https");
    boolean kept = passes(() -> ConsoleCookie.requireKept(request));
    assertThat(kept).isIn(local, local || https);
  }

  private static boolean isLocal(String authority) {
    HostAndPort parsed = HostAndPort.parseAuthority(authority, 80);
    String host = parsed == null ? "" : parsed.host().toLowerCase(Locale.ROOT);
    return LOCAL.contains(host) || host.endsWith(".localhost");
  }

  private static boolean passes(Runnable check) {
    try {
      check.run();
      return true;
    } catch (ProblemException refused) {
      return false;
    }
  }

  private static HttpServerRequest request(List<String> parts) {
    InvocationHandler calls =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "path" -> "/api/v1/console/session";
              case "authority" -> HostAndPort.parseAuthority(parts.get(0), 80);
              case "getCookie" -> cookie(parts.get(1), (String) arguments[0]);
              case "getHeader" -> header(parts, (String) arguments[0]);
              default -> throw new UnsupportedOperationException(method.toString());
            };
    return (HttpServerRequest)
        Proxy.newProxyInstance(
            HttpServerRequest.class.getClassLoader(),
            new Class<?>[] {HttpServerRequest.class},
            calls);
  }

  private static @Nullable Cookie cookie(String field, String name) {
    return ServerCookieDecoder.STRICT.decode(field).stream()
        .filter(cookie -> cookie.name().equals(name))
        .findFirst()
        .map(cookie -> Cookie.cookie(name, cookie.value()))
        .orElse(null);
  }

  private static @Nullable String header(List<String> parts, String name) {
    int index = FIELDS.indexOf(name);
    return index < 0 ? null : parts.get(index);
  }
}
