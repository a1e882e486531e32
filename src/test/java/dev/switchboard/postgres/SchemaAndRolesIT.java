package dev.switchboard.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.support.JarCommand;
import dev.switchboard.support.JarCommand.Result;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestPostgres;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A database that holds tables of others, and roles with few rights. */
class SchemaAndRolesIT {
  @RegisterExtension static final Stores stores = new Stores();

  @TempDir Path directory;

  private static JsonObject config(JsonObject postgres) {
    return TestNode.config(stores).put("postgres", postgres);
  }

  private Result run(String command, JsonObject config) throws IOException {
    Path file = Files.writeString(directory.resolve("switchboard.json"), config.encode());
    String absolute = file.toAbsolutePath().toString();
    return JarCommand.in(directory).start(command, "--config", absolute).await();
  }

  private static void assertDelivers(TestNode node, TestPostgres database, String schema) {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      database.execute(
          "INSERT INTO %s.webhooks (tenant_id, name, url) VALUES ('t', 'by SQL', '%s')"
              .formatted(schema, receiver.url()));
      Waiting.until(
          "the row is known",
          () ->
              node.publish(
                          new JsonObject().put("tenant_id", "t").put("type", "a").put("payload", 1))
                      .getInteger("deliveries")
                  > 0);
      assertThat(receiver.next().header("X-Webhook-Event")).isEqualTo("a");
      Waiting.until(
          "the attempt is logged",
          () -> database.value("SELECT count(*) FROM " + schema + ".webhook_logs").equals("1"));
      assertThat(node.get("/api/v1/webhooks?tenant_id=t", TestTokens.service()).body())
          .contains("by SQL");
    }
  }

  @Test
  void tablesOfOthersStayUntouchedBesideAnOwnSchema() throws Exception {
    TestPostgres database = TestPostgres.createEmpty("");
    database.execute("CREATE TABLE public.webhooks (mine int)");
    assertThatThrownBy(() -> TestNode.start(config(database.section())))
        .hasMessageContaining("has other tables in the default schema")
        .hasMessageContaining("set postgres.schema");
    assertThat(run("check", config(database.section())).err()).contains("set postgres.schema");

    JsonObject own = config(database.section().put("schema", "switchboard"));
    try (TestNode node = TestNode.start(own)) {
      assertDelivers(node, database, "switchboard");
    }

    database.execute("UPDATE switchboard.webhooks SET is_active = false");
    database.execute("UPDATE switchboard.webhooks SET is_active = true");
    assertThat(database.value("SELECT version FROM switchboard.webhooks")).isEqualTo("3");
    assertThat(database.value("SELECT count(*) FROM public.webhooks")).isEqualTo("0");
    assertThat(database.value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
        .isEqualTo("1");
    assertThat(run("check", own).exitCode()).isZero();
  }

  /** The statements that the documentation shows, for these roles. */
  private static String documentedGrants(String owner, String node) throws IOException {
    String page = Files.readString(Path.of("src/docs/operate/postgres.md"));
    int from = page.indexOf("CREATE ROLE switchboard_owner");
    String shown = page.substring(from, page.indexOf("```", from));
    return shown
        .lines()
        .filter(line -> !line.startsWith("CREATE ROLE"))
        .reduce("", (all, line) -> all + line + "\n")
        .replace("switchboard_owner", owner)
        .replace("TO switchboard;", "TO " + node + ";");
  }

  @Test
  void roleThatOwnsNothingRunsANode() throws Exception {
    TestPostgres database = TestPostgres.createEmpty("");
    String owner = database.createRole("");
    String role = database.createRole("");
    database.execute(documentedGrants(owner, role));
    JsonObject ofOwner = config(database.section(owner).put("schema", "switchboard"));
    JsonObject ofNode = config(database.section(role).put("schema", "switchboard"));

    Result early = run("migrate", ofNode);
    assertThat(early.exitCode()).isEqualTo(2);
    assertThat(early.err())
        .startsWith("switchboard: Postgres at ")
        .contains("denies the user " + role)
        .contains("migrate as the owner");
    assertThat(run("check", ofNode).err()).contains("run migrate as the owner");
    Result migrated = run("migrate", ofOwner);
    assertThat(migrated.exitCode()).as(migrated.err()).isZero();
    database.execute(
        "REVOKE INSERT, UPDATE, DELETE ON switchboard.switchboard_schema_history FROM "
            + role
            + "; REVOKE UPDATE, DELETE ON switchboard.webhook_logs FROM "
            + role);

    try (TestNode node = TestNode.start(ofNode)) {
      assertDelivers(node, database, "switchboard");
    }
    database.execute("REVOKE INSERT ON switchboard.api_keys FROM " + role);
    ofNode.getJsonObject("redis").put("nodes", new JsonArray().add("127.0.0.1:1"));
    Result check = run("check", ofNode);

    assertThat(check.exitCode()).isEqualTo(2);
    assertThat(check.err())
        .contains("switchboard: Redis at 127.0.0.1:1")
        .contains("does not grant the user " + role + " INSERT on api_keys; grant");
  }
}
