package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestPostgres;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** An administrator takes channels from the ACL user of a running node, and gives them back. */
class LostRightsIT {
  @Test
  void deniedChannelsAreReportedAndNobodyIsKeptWaiting() {
    try (TestRedis redis = TestRedis.start()) {
      assertThat(redis.cli("ACL", "SETUSER", "limited", "on", ">secret", "allkeys", "+@all", "&*"))
          .isEqualTo("OK");
      JsonObject section =
          new JsonObject()
              .put("mode", "standalone")
              .put("nodes", new JsonArray().add(redis.address()))
              .put("user", "limited")
              .put("password", "secret")
              .put("subscriptionSilence", "1s")
              .put("timeout", "10s");
      try (TestNode node = TestNode.start(TestNode.config(TestPostgres.create(), section));
          WsClient session = WsClient.signIn(node, TestTokens.user("rights", "1"))) {
        assertThat(redis.cli("ACL", "SETUSER", "limited", "resetchannels", "&switchboard:*"))
            .isEqualTo("OK");
        assertThat(session.next("degraded")).isNotNull();
        Waiting.until(
            "health names the rule",
            () -> node.manage("/health/ready").body().contains("&callcenter:*"));
        try (WsClient late = WsClient.signIn(node, TestTokens.user("another", "1"))) {
          assertThat(late.next("degraded")).isNotNull();
          JsonObject event =
              new JsonObject().put("tenant_id", "another").put("type", "alert").put("payload", 1);
          String accepted = node.publish(event).getString("id");

          assertThat(redis.cli("ACL", "SETUSER", "limited", "&callcenter:*")).isEqualTo("OK");

          assertThat(session.next("restored")).isNotNull();
          assertThat(late.next("alert").getString("id")).isEqualTo(accepted);
        }
      }
    }
  }
}
