package dev.switchboard.redis;

import dev.switchboard.support.SecuredRedis;
import dev.switchboard.support.TestCertificates;
import dev.switchboard.support.TestCluster;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestPostgres;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** TLS with a client certificate, and an ACL user with exactly the rights that the README names. */
class SecuredRedisIT {
  private static final Pattern RIGHTS = Pattern.compile("ACL SETUSER switchboard (.*)");
  private static final TestCertificates CERTIFICATES = new TestCertificates();

  @Test
  void everythingWorksOnASingleServer() throws IOException {
    try (SecuredRedis redis = SecuredRedis.start(CERTIFICATES)) {
      redis.addUser(rights());
      JsonObject section =
          redis.section().put("mode", "standalone").put("database", 3).put("timeout", "10s");
      try (TestNode node = TestNode.start(TestNode.config(TestPostgres.create(), section))) {
        new WholePath(node, "secured").holds();
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
        new WholePath(node, "secured").holds();
        new WholePath(node, "another").holds();
      }
    }
  }

  private static List<String> rights() throws IOException {
    Matcher matcher = RIGHTS.matcher(Files.readString(Path.of("README.md")));
    if (!matcher.find()) {
      throw new AssertionError("the README does not name the rights any more");
    }
    return List.of(matcher.group(1).replace(">…", ">" + SecuredRedis.PASSWORD).split(" "));
  }
}
