package dev.switchboard.client.session;

import dev.switchboard.client.platform.Json;
import dev.switchboard.client.platform.Wire;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What each connection asks for: the filter, where to continue, and the credential. */
final class Openings {
  /** Proxies take addresses of 8 KiB; a longer filter travels in the {@code auth} message. */
  private static final int MAX_ADDRESS = 4_096;

  private static final String PROTOCOL = "switchboard.v1";

  private final Settings settings;
  private final Following following;
  private final KeptStore kept;
  private final Cursor cursor;

  Openings(Settings settings, Following following, KeptStore kept, Cursor cursor) {
    this.settings = settings;
    this.following = following;
    this.kept = kept;
    this.cursor = cursor;
  }

  /**
   * How to open a connection.
   *
   * @param firstMessage to be sent once it is open; null if the address says everything
   */
  record Opening(Wire.Request request, @Nullable String firstMessage) {}

  /** Describes the next connection, with a token or ticket unless the client needs none. */
  Opening next(@Nullable String credential) {
    Map<String, String> fixed = new LinkedHashMap<>();
    fixed.put("receipts", "explicit");
    fixed.putAll(settings.parameters());
    boolean token = settings.hasToken();
    if (credential != null && !token) {
      fixed.put("ticket", credential);
    }
    Map<String, List<String>> filter = filter();
    Map<String, String> all = new LinkedHashMap<>();
    filter.forEach((name, values) -> all.put(name, String.join(",", values)));
    all.putAll(fixed);
    String query = query(all);
    if (!token || query.length() <= MAX_ADDRESS) {
      return new Opening(request(query, token ? credential : null), null);
    }
    return new Opening(request(query(fixed), null), authMessage(filter, credential));
  }

  private String authMessage(Map<String, List<String>> filter, @Nullable String token) {
    Map<String, @Nullable Object> payload = new LinkedHashMap<>(filter);
    payload.computeIfPresent("after", (name, after) -> cursor.text());
    payload.put("token", token);
    payload.put("receipts", "explicit");
    return Json.write(Map.of("type", "auth", "payload", payload));
  }

  private Map<String, List<String>> filter() {
    Map<String, List<String>> lists = following.lists();
    Following.putUnlessEmpty(lists, "held", kept.held());
    if (!cursor.isEmpty()) {
      lists.put("after", List.of(cursor.text()));
    }
    return lists;
  }

  private Wire.Request request(String query, @Nullable String token) {
    String server =
        settings.server().toString().replaceFirst("/+$", "").replaceFirst("^http", "ws");
    return new Wire.Request(
        URI.create(server + settings.path() + "?" + query), List.of(PROTOCOL), token);
  }

  private static String query(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }
}
