package dev.switchboard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Statements name the tables of the configured schema. */
class SchemaNamesTest {
  private static final Path MIGRATIONS = Path.of("src", "main", "resources", "db", "migration");
  private static final Pattern CREATED = Pattern.compile("CREATE TABLE (?!IF )(\\w+)");

  private final SchemaNames names = new SchemaNames("own");

  @Test
  void everyTableOfTheMigrationsIsKnown() throws IOException {
    List<String> created;
    try (Stream<Path> files = Files.list(MIGRATIONS)) {
      created = files.flatMap(SchemaNamesTest::tables).toList();
    }

    assertThat(SchemaNames.TABLES).containsExactlyInAnyOrderElementsOf(created);
  }

  private static Stream<String> tables(Path migration) {
    try {
      return CREATED.matcher(Files.readString(migration)).results().map(found -> found.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void tablesAndFunctionsGetTheSchema() {
    assertThat(names.qualify("DELETE FROM webhooks w USING\n webhook_logs l"))
        .isEqualTo("DELETE FROM \"own\".webhooks w USING\n \"own\".webhook_logs l");
    assertThat(names.qualify("SELECT drop_webhook_logs_partition($1)"))
        .isEqualTo("SELECT \"own\".drop_webhook_logs_partition($1)");
    assertThat(names.qualify("SELECT 'webhook_logs'::regclass"))
        .isEqualTo("SELECT '\"own\".webhook_logs'::regclass");
  }

  @Test
  void columnsAliasesAndTextsStayAsTheyAre() {
    for (String statement :
        List.of(
            "SELECT webhook_id FROM due",
            "SELECT 'webhooks'",
            "FOR UPDATE OF q",
            "SELECT due.webhooks")) {
      assertThat(names.qualify(statement)).isEqualTo(statement);
    }
  }

  @Test
  void withoutASchemaNothingChanges() {
    assertThat(new SchemaNames("").qualify("SELECT FROM webhooks"))
        .isEqualTo("SELECT FROM webhooks");
  }
}
