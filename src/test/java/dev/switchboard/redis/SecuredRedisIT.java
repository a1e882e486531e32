package dev.switchboard.redis;

import static dev.switchboard.redis.WholePath.await;
import static dev.switchboard.redis.WholePath.awaitReload;
import static dev.switchboard.redis.WholePath.publishWhenPossible;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.SecuredRedis;
import dev.switchboard.support.TestCertificates;
import dev.switchboard.support.TestCluster;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestPostgres;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.TestSentinels;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * In every mode: a password alone, and TLS with a client certificate and an ACL user with exactly
 * the rights that the documentation names. Sentinels with a password alone are in {@link
 * SentinelIT}.
 */
class SecuredRedisIT {
  private static final Pattern RIGHTS = Pattern.compile("ACL SETUSER switchboard (.*)");
  private static final Pattern SENTINEL_RIGHTS =
      Pattern.compile("`redis.sentinelUser` for an ACL\\s+user. It needs `([^`]+)`");
  private static final TestCertificates CERTIFICATES = new TestCertificates();

  @Test
  void everythingWorksOnASingleServer() throws IOException {
    try (SecuredRedis redis = SecuredRedis.start(CERTIFICATES)) {
      redis.addUser(rights());
      JsonObject section =
          redis.section().put("mode", "standalone").put("database", 3).put("timeout", "10s");
      try (TestNode node = TestNode.start(TestNode.config(TestPostgres.create(), section))) {
        new WholePath(node, "secured").assertEverythingWorks();
      }
    }
  }

  @Test
  void everythingWorksOnACluster() throws IOException {
    try (TestCluster cluster = TestCluster.startWithTls(CERTIFICATES)) {
      for (int server = 0; server < 3; server++) {
        SecuredRedis.addUser(cluster.server(server), rights());
      }
      JsonObject section =
          SecuredRedis.section(CERTIFICATES)
              .put("mode", "cluster")
              .put("timeout", "10s")
              .put("nodes", cluster.nodes());
      try (TestNode node = TestNode.start(TestNode.config(TestPostgres.create(), section))) {
        new WholePath(node, "secured").assertEverythingWorks();
        new WholePath(node, "another").assertEverythingWorks();
      }
    }
  }

  @Test
  void everythingWorksBehindSentinelsAndAfterAFailover() throws IOException {
    List<String> sentinelRights = rights("redis.sentinelUser", SENTINEL_RIGHTS);
    sentinelRights.addAll(0, List.of("on", ">" + SecuredRedis.PASSWORD));
    try (TestSentinels group = TestSentinels.startWithTls(CERTIFICATES, 2, sentinelRights)) {
      for (TestRedis server : group.servers()) {
        SecuredRedis.addUser(server, rights());
      }
      JsonObject section =
          SecuredRedis.section(CERTIFICATES)
              .put("mode", "sentinel")
              .put("masterName", TestSentinels.NAME)
              .put("sentinelUser", "switchboard")
              .put("sentinelPassword", SecuredRedis.PASSWORD)
              .put("timeout", "10s")
              .put("nodes", group.nodes());
      try (TestNode node = TestNode.start(TestNode.config(TestPostgres.create(), section))) {
        new WholePath(node, "secured").assertEverythingWorks();
        assertWorksAfterAFailover(node, group);
      }
    }
  }

  private static void assertWorksAfterAFailover(TestNode node, TestSentinels group) {
    WsClient client = WsClient.signIn(node, TestTokens.user("hit", "1"));
    String before = publishWhenPossible(node, "hit").getString("id");
    assertThat(await(client, "alert").getString("id")).isEqualTo(before);
    group.awaitStandby();
    group.master().kill();
    assertThat(await(client, "degraded")).isNotNull();
    awaitReload(client);
    String after = publishWhenPossible(node, "hit").getString("id");
    assertThat(await(client, "alert").getString("id")).isEqualTo(after);
    new WholePath(node, "later").assertEverythingWorks();
  }

  @Test
  void passwordIsEnoughForASingleServer() {
    try (TestRedis redis = TestRedis.start("--requirepass", SecuredRedis.PASSWORD)) {
      assertEverythingWorks(
          new JsonObject()
              .put("mode", "standalone")
              .put("nodes", new JsonArray().add(redis.address())));
    }
  }

  @Test
  void passwordIsEnoughForACluster() {
    try (TestCluster cluster = TestCluster.startWithPassword(SecuredRedis.PASSWORD)) {
      assertEverythingWorks(new JsonObject().put("mode", "cluster").put("nodes", cluster.nodes()));
    }
  }

  private static void assertEverythingWorks(JsonObject section) {
    section.put("password", SecuredRedis.PASSWORD).put("timeout", "10s");
    try (TestNode node = TestNode.start(TestNode.config(TestPostgres.create(), section))) {
      new WholePath(node, "password").assertEverythingWorks();
    }
  }

  private static List<String> rights() throws IOException {
    List<String> rights = rights("ACL SETUSER", RIGHTS);
    rights.replaceAll(right -> right.replace(">…", ">" + SecuredRedis.PASSWORD));
    return rights;
  }

  private static List<String> rights(String what, Pattern pattern) throws IOException {
    Matcher matcher = pattern.matcher(Files.readString(Path.of("src/docs/operate/redis.md")));
    if (!matcher.find()) {
      throw new AssertionError("operate/redis.md does not name the rights any more: " + what);
    }
    return new ArrayList<>(List.of(matcher.group(1).split("\\s+")));
  }
}
