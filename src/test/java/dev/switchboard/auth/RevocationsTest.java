package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.ControlCommand.RevokeToken;
import dev.switchboard.bus.ControlCommand.RevokeUser;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which tokens a revocation covers, on clocks that differ. */
class RevocationsTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final UserId USER = new UserId("u");
  private static final Role ROLE =
      new Role("agent", TypeRule.ALL, TypeRule.ALL, new TopicRule(List.of()), Set.of());
  private static final Instant REVOKED = Instant.parse("2026-01-01T00:01:00.400Z");
  private static final Instant WHOLE = Instant.parse("2026-01-01T00:01:00Z");

  private static @Nullable AuthException refusal(
      Duration leeway, Instant now, Instant issued, @Nullable String tokenId) {
    Revocations revocations = new Revocations(leeway, Clock.fixed(now, ZoneOffset.UTC));
    assertThat(revocations.learn(new RevokeUser(TENANT, USER, REVOKED))).isTrue();
    assertThat(revocations.learn(new RevokeToken(TENANT, "void", REVOKED))).isTrue();
    return revocations.refusal(
        new Principal.User(TENANT, USER, ROLE, issued, Instant.MAX, tokenId));
  }

  @ParameterizedTest
  @CsvSource({
    // leeway, time of issue and time now in seconds after the second of the revocation, the answer
    "0, -60, 1, revoked",
    "0, -1, 1, revoked",
    "0, 0, 0, wait 1 s",
    "0, 0, 1, wait 1 s",
    "0, 0, 3, revoked",
    "0, 1, 1, accepted",
    "5, -60, 1, revoked",
    "5, -6, 1, revoked",
    "5, -5, 1, wait 5 s",
    "5, 0, 1, wait 5 s",
    "5, 5, 1, wait 5 s",
    "5, 5, 5, wait 1 s",
    "5, 5, 10, wait 1 s",
    "5, 5, 12, revoked",
    "5, 6, 1, accepted",
    "5, 6, 100, accepted"
  })
  void tokenIsAcceptedOnlyIfItIsCertainlyNewerThanTheRevocation(
      int leeway, int issued, int now, String answer) {
    AuthException refusal =
        refusal(
            Duration.ofSeconds(leeway), WHOLE.plusSeconds(now), WHOLE.plusSeconds(issued), null);

    assertThat(described(refusal)).isEqualTo(answer);
  }

  private static String described(@Nullable AuthException refusal) {
    if (refusal == null) {
      return "accepted";
    }
    assertThat(refusal.check()).isEqualTo(AuthException.Check.REVOCATION);
    return refusal.kind() == AuthException.Kind.REFUSED
        ? "revoked"
        : "wait " + refusal.pause().toSeconds() + " s";
  }

  @Test
  void tokenRevokedByItsIdIsRefusedWhateverItsTimeOfIssue() {
    AuthException refusal = refusal(Duration.ofSeconds(5), WHOLE, WHOLE.plusSeconds(60), "void");

    assertThat(described(refusal)).isEqualTo("revoked");
  }

  @Test
  void tokenWithFractionsOfASecondIsComparedExactly() {
    assertThat(described(refusal(Duration.ZERO, WHOLE, REVOKED.plusMillis(1), null)))
        .isEqualTo("accepted");
    assertThat(described(refusal(Duration.ZERO, WHOLE, REVOKED, null))).isEqualTo("wait 1 s");
  }
}
