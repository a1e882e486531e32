package dev.switchboard.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages of console and portal as browsers get them from a node. */
class ConsoleFilesIT {
  private static final Pattern INLINE =
      Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);
  private static final Pattern ADDRESS = Pattern.compile("\"(/(?:console|portal)/[^\"]*)\"");

  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  static JsonObject config(Stores stores) {
    return TestNode.config(stores)
        .put("console", new JsonObject().put("enabled", true))
        .put("portal", new JsonObject().put("enabled", true));
  }

  @BeforeAll
  static void start() {
    node = TestNode.start(config(stores));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static HttpResponse<String> get(String path, String... headers) {
    return node.call("GET", path, null, headers);
  }

  private static String header(HttpResponse<?> response, String name) {
    return String.join(", ", response.headers().allValues(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/console/", "/portal/"})
  void pageHasItsPolicyAndIsNotStored(String path) throws Exception {
    HttpResponse<String> page = get(path);

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(header(page, "Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(header(page, "Cache-Control")).isEqualTo("no-store");
    assertThat(header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(page, "Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(header(page, "Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
    assertThat(header(page, "X-Frame-Options")).isEqualTo("DENY");
    assertThat(header(page, "Access-Control-Allow-Origin")).isEmpty();
    assertThat(header(page, "Set-Cookie")).isEmpty();
    assertThat(header(page, "Content-Security-Policy"))
        .isEqualTo(
            "default-src 'none'; script-src 'self' 'sha256-"
                + hashOfImportMap(page.body())
                + "'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
                + " form-action 'self'; base-uri 'none'; frame-ancestors 'none';"
                + " require-trusted-types-for 'script'; trusted-types 'none'");
  }

  private static String hashOfImportMap(String html) throws Exception {
    List<MatchResult> maps = INLINE.matcher(html).results().toList();
    assertThat(maps).as("import maps in the page").hasSize(1);
    byte[] text = maps.get(0).group(1).getBytes(StandardCharsets.UTF_8);
    return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/console/", "/portal/"})
  void everythingThatAPageLoadsIsServedBelowItsOwnPath(String path) {
    String html = get(path).body();

    List<String> addresses = ADDRESS.matcher(html).results().map(found -> found.group(1)).toList();

    assertThat(addresses).isNotEmpty().allMatch(address -> address.startsWith(path));
    for (String address : addresses) {
      HttpResponse<String> file = get(address);
      assertThat(file.statusCode()).as(address).isEqualTo(200);
      assertThat(header(file, "X-Content-Type-Options")).isEqualTo("nosniff");
      boolean versioned = address.matches("/[a-z]+/[0-9a-f]{16}/.*");
      assertThat(header(file, "Cache-Control"))
          .as(address)
          .isEqualTo(versioned ? "public, max-age=31536000, immutable" : "no-cache");
      assertThat(get(address, "If-None-Match", header(file, "ETag")).statusCode()).isEqualTo(304);
    }
  }

  @Test
  void everythingThatBothPagesLoadHasAtMost60KilobytesAsItIsSent() {
    Map<String, Integer> sizes = new TreeMap<>();
    for (String page : List.of("/console/", "/portal/")) {
      sizes.put(page, bytesSent(page));
      for (MatchResult found : ADDRESS.matcher(get(page).body()).results().toList()) {
        String name = found.group(1).substring(page.length());
        sizes.computeIfAbsent(name, unknown -> bytesSent(found.group(1)));
      }
    }

    assertThat(sizes).hasSizeBetween(8, 9);
    assertThat(sizes.values().stream().mapToInt(size -> size).sum())
        .as("bytes of %s", sizes)
        .isLessThanOrEqualTo(60 * 1024);
  }

  private static int bytesSent(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
            .header("Accept-Encoding", "gzip")
            .build();
    try {
      HttpResponse<byte[]> answer =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      return answer.body().length;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void screensAreThePageAndHeadHasItsHeaders() {
    HttpResponse<String> page = get("/console/");

    for (String path :
        List.of("/console/webhooks/12", "/console/users/john.doe", "/console/x?tenant=acme")) {
      assertThat(get(path).body()).as(path).isEqualTo(page.body());
    }
    HttpResponse<String> head = node.call("HEAD", "/console/", null);
    assertThat(head.body()).isEmpty();
    assertThat(withoutDate(head)).isEqualTo(withoutDate(page));
    assertThat(header(head, "Content-Length"))
        .isEqualTo(String.valueOf(page.body().getBytes(StandardCharsets.UTF_8).length));
  }

  /** The second may end between two answers. */
  private static Map<String, List<String>> withoutDate(HttpResponse<?> response) {
    Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
    List<String> unused = headers.remove("date");
    return headers;
  }

  @Test
  void addressWithoutItsSlashLeadsToThePage() {
    HttpResponse<String> redirect = get("/console");

    assertThat(redirect.statusCode()).isEqualTo(308);
    assertThat(header(redirect, "Location")).isEqualTo("/console/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/console/0000000000000000/start.js",
        "/console/missing.js",
        "/console/ui.js",
        "/console/index.html",
        "/console/portal.html",
        "/console/webhooks/",
        "/console/..%2fopenapi.yaml",
        "/console/%2e%2e/db/migration/V001__webhooks_and_deliveries.sql",
        "/console/..%5c..%5clogback.xml.js",
        "/console//start.js",
        "/portal/0000000000000000/start.js"
      })
  void nothingElseIsServed(String path) {
    HttpResponse<String> answer = get(path);

    boolean page = answer.statusCode() == 200 && answer.body().equals(get("/console/").body());
    assertThat(page || answer.statusCode() == 404).as(answer.body()).isTrue();
    assertThat(answer.body()).doesNotContain("CREATE TABLE").doesNotContain("openapi: 3");
  }

  @Test
  void otherMethodsAreRefusedWithThoseThatWork() {
    HttpResponse<String> answer = node.call("POST", "/console/x", "{}");

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(header(answer, "Allow")).isEqualTo("GET, HEAD");
  }

  @Test
  void consoleIsHiddenFromOtherNetworksAndThePortalMayBeFramed() {
    JsonObject config = config(stores);
    config
        .getJsonObject("console")
        .put("allowedCidrs", new JsonArray().add("10.0.0.0/8"))
        .put("frameAncestors", new JsonArray().add("https://app.example.com"));
    config.getJsonObject("http").put("trustedProxies", new JsonArray().add("127.0.0.1"));
    try (TestNode other = TestNode.start(config)) {
      assertThat(other.call("GET", "/console/", null).statusCode()).isEqualTo(404);
      assertThat(other.call("GET", "/console/start.js", null).statusCode()).isEqualTo(404);
      assertThat(
              other
                  .call("POST", "/api/v1/console/session", "{}", "Sec-Fetch-Site", "same-origin")
                  .statusCode())
          .isEqualTo(404);
      HttpResponse<String> inside =
          other.call("GET", "/console/", null, "X-Forwarded-For", "10.1.2.3");
      assertThat(inside.statusCode()).isEqualTo(200);
      assertThat(header(inside, "Content-Security-Policy")).contains("frame-ancestors 'none'");
      HttpResponse<String> portal = other.call("GET", "/portal/", null);
      assertThat(header(portal, "Content-Security-Policy"))
          .contains("frame-ancestors https://app.example.com;");
      assertThat(header(portal, "X-Frame-Options")).isEmpty();
    }
  }

  @Test
  void nothingIsServedByDefault() {
    try (TestNode other = TestNode.start(stores)) {
      for (String path : List.of("/console/", "/console/start.js", "/portal/")) {
        assertThat(other.call("GET", path, null).statusCode()).as(path).isEqualTo(404);
      }
      assertThat(
              other
                  .call("POST", "/api/v1/console/session", "{}", "Sec-Fetch-Site", "same-origin")
                  .statusCode())
          .isEqualTo(404);
    }
  }
}
