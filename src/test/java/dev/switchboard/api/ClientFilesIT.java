package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The JavaScript client as browsers, caches and tools get it from a node. */
class ClientFilesIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Path SOURCES = Path.of("src/main/js");
  private static final String CORE = "/client/switchboard.js";

  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(stores);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static HttpResponse<byte[]> call(String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> response, String name) {
    return String.join(", ", response.headers().allValues(name));
  }

  private static JsonObject manifest() throws Exception {
    HttpResponse<byte[]> response = call("GET", "/client/manifest.json");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "Content-Type")).isEqualTo("application/json");
    assertThat(header(response, "Cache-Control")).isEqualTo("no-cache");
    return new JsonObject(new String(response.body(), StandardCharsets.UTF_8));
  }

  private static byte[] source(String name) throws IOException {
    return Files.readAllBytes(SOURCES.resolve(name));
  }

  @Test
  void pageOfAnyOriginGetsTheClientWithoutAuthentication() throws Exception {
    HttpResponse<byte[]> response = call("GET", CORE, "Origin", "https://elsewhere.example.com");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(source("switchboard.js"));
    assertThat(header(response, "Content-Type")).isEqualTo("text/javascript; charset=utf-8");
    assertThat(header(response, "Cache-Control")).isEqualTo("no-cache");
    assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(response, "Vary")).isEqualTo("Accept-Encoding");
    assertThat(header(response, "Content-Encoding")).isEmpty();
  }

  @Test
  void typesAreServedAsText() throws Exception {
    HttpResponse<byte[]> response = call("GET", "/client/event-map.d.ts");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "Content-Type")).isEqualTo("text/plain; charset=utf-8");
    assertThat(response.body()).isEqualTo(source("event-map.d.ts"));
  }

  @Test
  void knownBytesAreNotSentAgain() throws Exception {
    String tag = header(call("GET", CORE), "ETag");

    for (String known : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
      HttpResponse<byte[]> response = call("GET", CORE, "If-None-Match", known);

      assertThat(response.statusCode()).as(known).isEqualTo(304);
      assertThat(response.body()).isEmpty();
      assertThat(header(response, "ETag")).isEqualTo(tag);
      assertThat(header(response, "Cache-Control")).isEqualTo("no-cache");
      assertThat(header(response, "Vary")).isEqualTo("Accept-Encoding");
    }
    assertThat(call("GET", CORE, "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
  }

  @Test
  void manifestIsRevalidatedToo() throws Exception {
    String tag = header(call("GET", "/client/manifest.json"), "ETag");

    assertThat(call("GET", "/client/manifest.json", "If-None-Match", tag).statusCode())
        .isEqualTo(304);
  }

  @Test
  void gzippedBytesHaveATagOfTheirOwn() throws Exception {
    String plainTag = header(call("GET", CORE), "ETag");

    HttpResponse<byte[]> response = call("GET", CORE, "Accept-Encoding", "br, gzip;q=0.5");

    assertThat(header(response, "Content-Encoding")).isEqualTo("gzip");
    assertThat(new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes())
        .isEqualTo(source("switchboard.js"));
    assertThat(header(response, "ETag")).isNotEqualTo(plainTag);
    assertThat(
            call("GET", CORE, "Accept-Encoding", "gzip", "If-None-Match", header(response, "ETag"))
                .statusCode())
        .isEqualTo(304);
    assertThat(call("GET", CORE, "Accept-Encoding", "gzip", "If-None-Match", plainTag).statusCode())
        .isEqualTo(200);
  }

  @Test
  void codingFollowsWhatIsAccepted() throws Exception {
    for (String accepted : List.of("gzip", "GZIP", "*", "deflate, gzip ; q=1.0", "*;q=0, gzip")) {
      assertThat(header(call("GET", CORE, "Accept-Encoding", accepted), "Content-Encoding"))
          .as(accepted)
          .isEqualTo("gzip");
    }
    for (String refused : List.of("", "br", "gzip;q=0", "*, gzip;q=0.000", "identity")) {
      assertThat(header(call("GET", CORE, "Accept-Encoding", refused), "Content-Encoding"))
          .as(refused)
          .isEmpty();
    }
  }

  @Test
  void headHasTheHeadersOfGetAndNoBody() throws Exception {
    for (String path : List.of(CORE, "/client/manifest.json")) {
      HttpResponse<byte[]> get = call("GET", path);
      HttpResponse<byte[]> head = call("HEAD", path);

      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      assertThat(withoutDate(head)).isEqualTo(withoutDate(get));
      assertThat(header(head, "Content-Length")).isEqualTo(Integer.toString(get.body().length));
    }
  }

  /** The second may end between two answers. */
  private static Map<String, List<String>> withoutDate(HttpResponse<?> response) {
    Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
    List<String> unused = headers.remove("date");
    return headers;
  }

  @Test
  void versionedFilesMatchTheManifestAndNeverChange() throws Exception {
    JsonObject manifest = manifest();

    assertThat(manifest.getJsonArray("files")).isNotEmpty();
    for (int i = 0; i < manifest.getJsonArray("files").size(); i++) {
      JsonObject file = manifest.getJsonArray("files").getJsonObject(i);
      String path = file.getString("path");
      HttpResponse<byte[]> response = call("GET", path);

      assertThat(path)
          .isEqualTo("/client/" + manifest.getString("version") + "/" + file.getString("name"));
      assertThat(response.statusCode()).as(path).isEqualTo(200);
      assertThat(header(response, "Cache-Control"))
          .isEqualTo("public, max-age=31536000, immutable");
      assertThat(response.body()).isEqualTo(source(file.getString("name")));
      assertThat(response.body()).hasSize(file.getInteger("bytes"));
      assertThat(call("GET", path, "Accept-Encoding", "gzip").body())
          .hasSize(file.getInteger("gzip_bytes"));
      assertThat(file.getString("integrity")).isEqualTo(integrity(response.body()));
    }
  }

  private static String integrity(byte[] bytes) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-384").digest(bytes);
    return "sha384-" + Base64.getEncoder().encodeToString(hash);
  }

  @Test
  void unknownFilesAndVersionsAreNotFound() throws Exception {
    String version = manifest().getString("version");

    for (String path :
        List.of(
            "/client/other.js",
            "/client/package.json",
            "/client/..%2Fopenapi.yaml",
            "/client/0000000000000000/switchboard.js",
            "/client/" + version + "/other.js",
            "/client/" + version)) {
      HttpResponse<byte[]> response = call("GET", path);

      assertThat(response.statusCode()).as(path).isEqualTo(404);
      assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
      assertThat(header(response, "Cache-Control")).isEmpty();
    }
  }

  @Test
  void nothingIsServedWhenSwitchedOff() {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("http").put("serveClient", false);
    try (TestNode other = TestNode.start(config)) {
      assertThat(other.call("GET", CORE, null).statusCode()).isEqualTo(404);
      assertThat(other.call("GET", "/client/manifest.json", null).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void nodeThatIsNotForTryingOutServesNoDemonstration() throws Exception {
    assertThat(call("GET", "/demo/").statusCode()).isEqualTo(404);
    assertThat(call("GET", "/demo/wallboard.html").statusCode()).isEqualTo(404);
  }
}
