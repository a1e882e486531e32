package dev.switchboard.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.PostgresConfig;
import dev.switchboard.support.OwnPostgres;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestPostgres;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A node says in words why it can't use a Postgres. */
class UnusablePostgresIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static void assertRefused(JsonObject postgres, String... words) {
    assertThatThrownBy(() -> TestNode.start(TestNode.config(stores).put("postgres", postgres)))
        .hasMessageContaining("Postgres at ")
        .hasMessageContainingAll(words);
  }

  private static PostgresConfig bound(JsonObject postgres) {
    JsonObject config = TestNode.config(stores).put("postgres", postgres);
    return ConfigLoader.bind("test", config, name -> null).postgres();
  }

  private static String problems(JsonObject postgres) {
    return String.join("\n", PostgresPreflight.problems(bound(postgres)));
  }

  @Test
  void databaseInAnotherEncodingIsRefused() {
    TestPostgres latin1 =
        TestPostgres.createEmpty(
            "TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");

    assertRefused(latin1.section(), "in LATIN1", "create one with ENCODING 'UTF8'");
  }

  @Test
  void standbyIsRefused(@TempDir Path data) throws IOException {
    OwnPostgres.start(data, Map.of()).close();
    Path unused = Files.createFile(data.resolve("standby.signal"));
    try (OwnPostgres standby = OwnPostgres.start(data, Map.of())) {
      assertRefused(
          standby.section("postgres"), "is read-only", "point postgres.host to the primary");
    }
  }

  @Test
  void wrongPasswordDatabaseAndRightsAreNamed() {
    TestPostgres database = TestPostgres.createEmpty("");
    String role = database.createRole("");

    assertThat(problems(database.section("nobody_" + role)))
        .contains("refuses the user nobody_" + role);
    assertThat(problems(database.section().put("database", "missing")))
        .contains("has no database missing");
    database.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    assertThat(problems(database.section(role)))
        .contains("does not let the user " + role + " create tables in the schema public");
    assertThatThrownBy(() -> Migrations.apply(bound(database.section(role))))
        .hasMessageContaining("denies the user " + role)
        .hasMessageContaining("permission denied for schema public");
  }
}
