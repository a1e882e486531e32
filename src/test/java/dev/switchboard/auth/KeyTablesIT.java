package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Malformed rows, inserted by SQL, among valid ones. */
class KeyTablesIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static void insert(ApiKey key, String tenant, String sources) {
    stores
        .postgres()
        .execute(
            "INSERT INTO api_keys (name, key_hash, tenant_id, scopes, source_cidrs) VALUES ('t', '\\x"
                + HexFormat.of().formatHex(key.hash())
                + "', '"
                + tenant
                + "', '{events:write}', '"
                + sources
                + "')");
  }

  @Test
  void malformedRowDoesNotPreventValidKeysFromBeingLoadedOrRevoked() {
    TestNode first = TestNode.start(stores);
    ApiKey good = ApiKey.generate();
    insert(good, "good", "{}");
    ApiKey bad = ApiKey.generate();
    insert(bad, "good", "{10.0.0.0/99}");
    insert(ApiKey.generate(), "not a tenant", "{}");
    stores
        .postgres()
        .execute(
            "INSERT INTO widget_keys (widget_key, tenant_id, name, origins)"
                + " VALUES ('wk_bad', 'not a tenant', 'bad', '{*}')");

    // One node starts with such rows, the other finds them later.
    try (first;
        TestNode second = TestNode.start(stores)) {
      Waiting.until("the good key is known", () -> status(first, good) == 202);
      assertThat(status(second, good)).isEqualTo(202);
      assertThat(status(first, bad)).isEqualTo(401);
      assertThat(first.get("/api/v1/widgets", TestTokens.service()).body())
          .isEqualTo("{\"widgets\":[]}");

      stores.postgres().execute("UPDATE api_keys SET revoked_at = now() WHERE source_cidrs = '{}'");

      Waiting.until("the good key is refused", () -> status(first, good) == 401);
      Waiting.until("and on the other node", () -> status(second, good) == 401);
    }
  }

  private static int status(TestNode node, ApiKey key) {
    String event = "{\"tenant_id\":\"good\",\"type\":\"alert\",\"payload\":1}";
    return node.post("/api/v1/events", event, key.reveal()).statusCode();
  }
}
