package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.JarCommand;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The link to the console that a node for trying out prints. */
class ConsoleLinkIT {
  private static final Pattern LINK =
      Pattern.compile("http://localhost:(\\d+)/console/#ticket=([A-Za-z0-9_-]{43})");

  @RegisterExtension static final Stores stores = new Stores();

  @TempDir Path directory;

  private record Link(String origin, String ticket) {}

  private JarCommand run() throws IOException {
    JsonObject config = TestNode.config(stores);
    config.put("logging", new JsonObject().put("level", "info"));
    Path file = Files.writeString(directory.resolve("development.json"), config.encode());
    return JarCommand.in(directory).start("run", "--development", "--config", file.toString());
  }

  private static Link linkOf(JarCommand node) {
    Waiting.until("the node prints a link", () -> LINK.matcher(node.out()).find());
    Matcher link = LINK.matcher(node.out());
    assertThat(link.find()).isTrue();
    return new Link("http://localhost:" + link.group(1), link.group(2));
  }

  private static HttpResponse<String> call(
      String method, String url, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("Sec-Fetch-Site", "same-origin");
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> signIn(Link link, String origin) throws Exception {
    String ticket = new JsonObject().put("ticket", link.ticket()).encode();
    return call("POST", origin + "/api/v1/console/session", ticket);
  }

  @Test
  void linkSignsInOnceAndTheNextStartEndsItsSession() throws Exception {
    String session;
    Link unused;
    try (JarCommand node = run()) {
      Link link = linkOf(node);
      assertThat(call("GET", link.origin() + "/console/", "").body()).contains("importmap");
      assertThat(call("GET", link.origin() + "/portal/", "").statusCode()).isEqualTo(200);
      assertThat(remainingMillis()).isBetween(500_000L, 600_000L);

      HttpResponse<String> opened = signIn(link, link.origin());

      assertThat(opened.statusCode()).as(opened.body()).isEqualTo(200);
      JsonObject shown = new JsonObject(opened.body()).getJsonObject("session");
      assertThat(shown.getString("kind")).isEqualTo("ticket");
      assertThat(shown.getBoolean("all_tenants")).isTrue();
      String set = opened.headers().firstValue("Set-Cookie").orElseThrow();
      session = set.substring(0, set.indexOf(';'));
      assertThat(stats(link.origin(), session)).isEqualTo(200);
      assertThat(signIn(link, link.origin()).statusCode()).isEqualTo(401);
      Waiting.until(
          "the sign-in is in the audit log",
          () -> node.out().contains("audit - {\"action\":\"console sign-in\""));
      assertThat(node.out()).doesNotContain(session.substring(session.indexOf('=') + 1));
      unused = linkOf(node);
    }
    try (JarCommand next = run()) {
      Link link = linkOf(next);

      assertThat(stats(link.origin(), session)).isEqualTo(401);
      assertThat(signIn(unused, link.origin()).statusCode()).isEqualTo(401);
      assertThat(signIn(link, link.origin()).statusCode()).isEqualTo(200);
    }
  }

  private static long remainingMillis() {
    String keys = stores.redis().cli("KEYS", "switchboard:ticket:console:*");
    Matcher key = Pattern.compile("switchboard:ticket:console:[0-9a-f]{64}").matcher(keys);
    assertThat(key.find()).as(keys).isTrue();
    return Long.parseLong(stores.redis().cli("PTTL", key.group()));
  }

  private static int stats(String origin, String cookie) throws Exception {
    return call("GET", origin + "/api/v1/config", "", "Cookie", cookie).statusCode();
  }
}
