package dev.switchboard.webhooks.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.webhooks.admin.TestReport.Request;
import dev.switchboard.webhooks.admin.TestReport.Response;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a test call is told to callers who may not look around in the operator's network. */
class TestReportTest {
  private static TestReport report(@Nullable String error, @Nullable String body) {
    return new TestReport(
        error == null,
        error == null ? 200 : null,
        12,
        error,
        new Response(List.of(), body),
        new Request(Map.of(), "{}"),
        Map.of());
  }

  @Test
  void responseIsCutToItsFirstBytes() {
    TestReport limited = report(null, "x".repeat(5_000)).limited();

    assertThat(limited.response().body()).hasSize(2_048);
    assertThat(limited.durationMillis()).isEqualTo(12);
    assertThat(report(null, "short").limited()).isEqualTo(report(null, "short"));
    assertThat(report(null, null).limited().response().body()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssrf_blocked: the host's address is not allowed",
        "dns: the name does not resolve",
        "connect: no connection",
        "timeout_connect: no connection in time"
      })
  void everyUnreachableAddressLooksAlike(String error) {
    TestReport limited = report(error, null).limited();

    assertThat(limited.error())
        .isEqualTo("unreachable: the address may not be called from here, or does not answer");
    assertThat(limited.durationMillis()).isZero();
  }

  @Test
  void errorOfAReceiverThatAnsweredStays() {
    assertThat(report("http_5xx: 500", "x").limited()).isEqualTo(report("http_5xx: 500", "x"));
    assertThat(report("tls: expired", null).limited()).isEqualTo(report("tls: expired", null));
  }
}
