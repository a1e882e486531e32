package dev.switchboard.support;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A browser with the console open: it keeps the cookie and says where its requests come from. */
public final class Browser {
  private static final String SESSION = "/api/v1/console/session";

  private final TestNode node;
  private String cookie = "";

  public Browser(TestNode node) {
    this.node = node;
  }

  /** Signs in with a key or token and expects success; answers the session. */
  public static Browser signedIn(TestNode node, String credential) {
    Browser browser = new Browser(node);
    HttpResponse<String> answer = browser.signIn(credential);
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + ": " + answer.body());
    }
    return browser;
  }

  /** Tries to sign in with a key or token. */
  public HttpResponse<String> signIn(String credential, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    all.addAll(List.of("Authorization", "Bearer " + credential));
    return keepCookie(call("POST", SESSION, null, all.toArray(String[]::new)));
  }

  /** Tries to sign in with a ticket. */
  public HttpResponse<String> signInWithTicket(String ticket) {
    return keepCookie(call("POST", SESSION, new JsonObject().put("ticket", ticket).encode()));
  }

  private HttpResponse<String> keepCookie(HttpResponse<String> answer) {
    answer
        .headers()
        .firstValue("Set-Cookie")
        .ifPresent(set -> cookie = set.substring(0, set.indexOf(';')));
    return answer;
  }

  /** The cookie as the browser sends it; empty without one. */
  public String cookie() {
    return cookie;
  }

  /** GETs as a page of this server does. */
  public HttpResponse<String> get(String path) {
    return call("GET", path, null);
  }

  /** Calls as a page of this server does, with more headers given as name, value, name, value. */
  public HttpResponse<String> call(
      String method, String path, @Nullable String body, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    if (!all.contains("Sec-Fetch-Site")) {
      all.addAll(List.of("Sec-Fetch-Site", "same-origin"));
    }
    return callAsIs(method, path, body, all.toArray(String[]::new));
  }

  /** Calls with the cookie and these headers only. */
  public HttpResponse<String> callAsIs(
      String method, String path, @Nullable String body, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    if (!cookie.isEmpty()) {
      all.addAll(List.of("Cookie", cookie));
    }
    return node.call(method, path, body, all.toArray(String[]::new));
  }

  /** The session as the page sees it. */
  public JsonObject session() {
    return new JsonObject(get(SESSION).body()).getJsonObject("session");
  }

  /** Status of a call that every session may make. */
  public int sessionStatus() {
    return get(SESSION).statusCode();
  }
}
