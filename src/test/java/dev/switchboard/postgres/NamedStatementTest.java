package dev.switchboard.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Named parameters become those of Postgres, and values are bound by name. */
class NamedStatementTest {
  private final NamedStatement statement =
      NamedStatement.of("SELECT :name::text || ':' WHERE tenant_id = :tenant_id OR :name IS NULL");

  @Test
  void nameBecomesOneNumberInEveryPlaceAndCastsStay() {
    assertThat(statement.sql())
        .isEqualTo("SELECT $1::text || ':' WHERE tenant_id = $2 OR $1 IS NULL");
  }

  @Test
  void valuesAreBoundByNameAndOthersAreIgnored() {
    Tuple bound = statement.bind(Map.of("tenant_id", "t", "name", "n", "other", 1));

    assertThat(bound.size()).isEqualTo(2);
    assertThat(bound.getString(0)).isEqualTo("n");
    assertThat(bound.getString(1)).isEqualTo("t");
  }

  @Test
  void valueMayBeNullButNotMissing() {
    Map<String, Object> values = new HashMap<>();
    values.put("name", null);

    assertThatThrownBy(() -> statement.bind(values))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tenant_id");

    values.put("tenant_id", "t");
    assertThat(statement.bind(values).getValue(0)).isNull();
  }
}
