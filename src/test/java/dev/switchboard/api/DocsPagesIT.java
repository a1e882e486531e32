package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.CloseReason;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The documentation as readers, browsers and tools get it from a node. */
class DocsPagesIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Path SOURCES = Path.of("src/docs");
  private static final String PAGE = "/docs/reference/close-codes";
  private static final Pattern HREF = Pattern.compile("(?:href|src)=\"([^\"]*)\"");
  private static final Pattern ID = Pattern.compile(" id=\"([^\"]*)\"");

  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  /** Answers by path: a page is read once. */
  private static final Map<String, HttpResponse<String>> ANSWERS = new HashMap<>();

  @BeforeAll
  static void start() {
    node = TestNode.start(stores);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static HttpResponse<String> call(String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> get(String path) throws Exception {
    HttpResponse<String> known = ANSWERS.get(path);
    if (known == null) {
      known = call("GET", path);
      ANSWERS.put(path, known);
    }
    return known;
  }

  private static String header(HttpResponse<?> response, String name) {
    return String.join(", ", response.headers().allValues(name));
  }

  private static List<String> paths() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files
          .map(file -> SOURCES.relativize(file).toString())
          .filter(name -> name.endsWith(".md") && !name.equals("index.md"))
          .map(name -> "/docs/" + name.substring(0, name.length() - ".md".length()))
          .sorted()
          .toList();
    }
  }

  @Test
  void everyPageIsServedAndInTheNavigation() throws Exception {
    String entrance = get("/docs").body();

    assertThat(paths()).hasSizeGreaterThan(40);
    for (String path : paths()) {
      HttpResponse<String> page = get(path);
      assertThat(page.statusCode()).as(path).isEqualTo(200);
      assertThat(header(page, "Content-Type")).isEqualTo("text/html; charset=utf-8");
      assertThat(page.body())
          .contains("<a href=\"" + path + "\" aria-current=\"page\">")
          .doesNotContain("&lt;!--");
      assertThat(entrance).contains("href=\"" + path + "\"");
    }
  }

  @Test
  void everyLinkOfEveryPageLeadsSomewhere() throws Exception {
    Set<String> broken = new TreeSet<>();
    int links = 0;
    for (String path : Stream.concat(paths().stream(), Stream.of("/docs")).toList()) {
      for (String link : found(HREF, get(path).body())) {
        links++;
        if (!isExternal(link) && !leadsSomewhere(path, link)) {
          broken.add(path + " -> " + link);
        }
      }
    }

    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(2_000);
  }

  private static boolean isExternal(String link) {
    return link.startsWith("https://") || link.startsWith("http://");
  }

  private static boolean leadsSomewhere(String from, String link) throws Exception {
    URI target = URI.create(from).resolve(link);
    HttpResponse<String> answer = get(target.getPath());
    return answer.statusCode() == 200
        && (target.getFragment() == null
            || found(ID, answer.body()).contains(target.getFragment()));
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult match) -> match.group(1)).toList();
  }

  @Test
  void sourceOfAPageIsServedAsItIs() throws Exception {
    HttpResponse<String> source = get(PAGE + ".md");

    assertThat(source.body())
        .isEqualTo(Files.readString(SOURCES.resolve("reference/close-codes.md")));
    assertThat(header(source, "Content-Type")).isEqualTo("text/plain; charset=utf-8");
  }

  @Test
  void searchIndexContainsEveryCloseCode() throws Exception {
    JsonArray index = new JsonArray(get("/docs/search.json").body());
    String texts =
        index.stream()
            .map(JsonArray.class::cast)
            .filter(part -> part.getString(0).startsWith(PAGE))
            .map(part -> part.getString(3))
            .collect(Collectors.joining(" "));

    for (CloseReason reason : CloseReason.values()) {
      assertThat(texts).contains(Integer.toString(reason.code()));
    }
  }

  @Test
  void partsOfTheSearchIndexCanBeOpened() throws Exception {
    for (Object part : new JsonArray(get("/docs/search.json").body())) {
      String url = ((JsonArray) part).getString(0);

      assertThat(leadsSomewhere("/docs", url)).as(url).isTrue();
    }
  }

  @Test
  void listForLanguageModelsNamesEveryPage() throws Exception {
    String list = get("/docs/llms.txt").body();
    String all = get("/docs/llms-full.txt").body();

    assertThat(list).startsWith("# Switchboard\n\n> ");
    for (String path : paths()) {
      assertThat(list).contains("](" + path + ".md): ");
      assertThat(all).contains(get(path + ".md").body());
    }
  }

  @Test
  void pagesRunNothingButTheirOwnFiles() throws Exception {
    HttpResponse<String> page = get(PAGE);

    assertThat(header(page, "Content-Security-Policy"))
        .startsWith("default-src 'none';")
        .contains("script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "*");
    assertThat(header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(page.body()).doesNotContain("<script>", "<style", " style=", " onclick=");
  }

  @Test
  void knownPageIsNotSentAgain() throws Exception {
    String tag = header(get(PAGE), "ETag");

    assertThat(call("GET", PAGE, "If-None-Match", tag).statusCode()).isEqualTo(304);
    assertThat(call("GET", PAGE, "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
    assertThat(header(get(PAGE), "Cache-Control")).isEqualTo("no-cache");
  }

  @Test
  void headHasTheHeadersAlone() throws Exception {
    HttpResponse<String> head = call("HEAD", PAGE);

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(header(head, "ETag")).isEqualTo(header(get(PAGE), "ETag"));
    assertThat(header(head, "Content-Length")).isEqualTo(header(get(PAGE), "Content-Length"));
  }

  @Test
  void unknownPageSaysSoWithTheNavigation() throws Exception {
    for (String path :
        List.of("/docs/nothing", "/docs/reference/nothing", "/docs/a/b/c", "/docs/reference")) {
      HttpResponse<String> answer = call("GET", path);

      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(answer.body()).contains("<h1>Not found</h1>", "href=\"" + PAGE + "\"");
      assertThat(call("HEAD", path).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void slashAtTheEndLeadsToThePage() throws Exception {
    for (String path : List.of("/docs", PAGE, "/docs/guides")) {
      HttpResponse<String> answer = call("GET", path + "/");

      assertThat(answer.statusCode()).as(path).isEqualTo(308);
      assertThat(answer.uri().resolve(header(answer, "Location")).getPath()).isEqualTo(path);
      assertThat(call("HEAD", path + "/").statusCode()).isEqualTo(308);
    }
  }

  @Test
  void nothingOutsideTheDocumentationIsReached() throws Exception {
    for (String path :
        List.of(
            "/docs/../openapi.yaml",
            "/docs/%2e%2e/openapi.yaml",
            "/docs/..%2fopenapi.yaml",
            "/docs/..%5copenapi.yaml",
            "/docs/reference/../../dev/switchboard/Main.class",
            "/docs//order.txt",
            "/docs//example.com/",
            "/docs/../",
            "/docs/order.txt",
            "/docs/reference%2Fclose-codes",
            "/docs/%00")) {
      assertThat(statusOf(path)).as(path).isIn(400, 404);
    }
  }

  /** Sends the path as it is; other clients normalise it. */
  private static int statusOf(String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
      String request = "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return Integer.parseInt(answer.substring(9, 12));
    }
  }

  @Test
  void scriptAndStyleAreSmall() throws Exception {
    assertThat(get("/docs/search.js").body().length()).isLessThanOrEqualTo(3 * 1024);
    assertThat(get("/docs/site.css").body().length()).isLessThanOrEqualTo(12 * 1024);
  }

  @Test
  void documentationCanBeSwitchedOff() throws Exception {
    JsonObject config = TestNode.config(stores);
    config.put("docs", new JsonObject().put("enabled", false));
    try (TestNode other = TestNode.start(config)) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + other.port() + "/docs")).build();

      assertThat(HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
          .isEqualTo(404);
      assertThat(
              HTTP.send(
                      HttpRequest.newBuilder(URI.create(request.uri() + "/")).build(),
                      HttpResponse.BodyHandlers.discarding())
                  .statusCode())
          .isEqualTo(404);
    }
  }
}
