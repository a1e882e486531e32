package dev.switchboard.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.net.http.HttpHeaders;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client does after each way a connection can end. */
class EndingTest {
  private static Ending refused(int status, Map<String, List<String>> headers) {
    return Ending.refused(
        status, HttpHeaders.of(headers, (name, value) -> true), "{\"detail\":\"not allowed\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "1001, false, false",
    "1006, false, false",
    "4008, false, false",
    "4408, false, false",
    "4429, false, false",
    "4503, false, false",
    "1009, true, false",
    "4409, true, false",
    "4410, true, false",
    "4400, true, true",
    "4401, true, true",
    "4403, true, true",
    "4404, true, true"
  })
  void closeCodesDecideWhetherToReconnect(int code, boolean last, boolean userError) {
    Ending ending = Ending.closed(code, "");

    assertThat(ending.isFinal()).isEqualTo(last);
    assertThat(ending.isUserError()).isEqualTo(userError);
  }

  @ParameterizedTest
  @CsvSource({"400, true", "401, true", "403, true", "429, false", "500, false", "503, false"})
  void statusesDecideWhetherToRetry(int status, boolean last) {
    assertThat(refused(status, Map.of()).isFinal()).isEqualTo(last);
  }

  @Test
  void requestedDelayIsRespected() {
    assertThat(Ending.closed(1001, "retry_after_ms=1500").pause())
        .isEqualTo(Duration.ofMillis(1_500));
    assertThat(refused(503, Map.of("Retry-After", List.of("7"))).pause())
        .isEqualTo(Duration.ofSeconds(7));
    assertThat(
            refused(503, Map.of("Retry-After", List.of("Fri, 31 Dec 9999 23:59:59 GMT"))).pause())
        .as("a date, as a proxy may send it, is limited to a day")
        .isEqualTo(Duration.ofHours(24));
    assertThat(refused(503, Map.of()).pause()).isNull();
  }

  @Test
  void endOfAStreamGivesCodeAndReason() {
    assertThat(Ending.ofStream("{\"code\":4401,\"reason\":\"expired\"}"))
        .hasToString(Ending.closed(4401, "expired").toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"code\":\"4401\"}", "{\"code\":null}", "{\"reason\":null}"})
  void malformedEndOfAStreamIsABrokenConnection(String data) {
    Ending ending = Ending.ofStream(data);

    assertThat(ending.code()).isEqualTo(1006);
    assertThat(ending.isFinal()).isFalse();
  }

  @Test
  void connectionThatCannotBeOpenedHasAReadableReason() {
    CompletionException never = new CompletionException(new ConnectException());

    assertThat(Ending.broken(never))
        .hasToString("1006 (no connection; check --url and that a node listens there)");
    assertThat(Ending.broken(new ClosedChannelException()))
        .hasToString("1006 (ClosedChannelException)");
  }

  @Test
  void problemDocumentGivesTheReason() {
    assertThat(refused(403, Map.of())).hasToString("403 (not allowed)");
  }
}
