package dev.switchboard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which failures of a statement may pass. */
class DatabaseTest {
  private static PgException refused(String state) {
    return new PgException("refused", "ERROR", state, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"08006", "08P01", "57P01", "57P02", "57P03", "57014", "53300", "53100", "58030"})
  void serverThatIsUnavailableMayComeBack(String state) {
    assertThat(Database.isUnreachable(refused(state))).isTrue();
    assertThat(Database.isTransient(refused(state))).isTrue();
  }

  @Test
  void formerPrimaryIsUnavailable() {
    assertThat(Database.isUnreachable(refused("25006"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01", "55P03"})
  void conflictMayPassButTheServerIsThere(String state) {
    assertThat(Database.isTransient(refused(state))).isTrue();
    assertThat(Database.isUnreachable(refused(state))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"22P05", "23505", "42501", "42P01"})
  void refusedStatementIsRefusedAgain(String state) {
    assertThat(Database.isTransient(refused(state))).isFalse();
  }

  @Test
  void noAnswerMayBeOneLater() {
    assertThat(Database.isTransient(new IOException("reset"))).isTrue();
    assertThat(Database.isTransient(new TimeoutException())).isTrue();
    assertThat(Database.isTransient(new VertxException("closed"))).isTrue();
    assertThat(Database.isTransient(new IllegalStateException())).isFalse();
  }
}
