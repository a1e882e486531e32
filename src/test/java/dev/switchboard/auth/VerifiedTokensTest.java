package dev.switchboard.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How long a verified token counts without being verified again. */
class VerifiedTokensTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

  private static final String TOKEN = token(NOW.getEpochSecond() + 3_600);

  private final SetClock clock = new SetClock(NOW);
  private final VerifiedTokens tokens = new VerifiedTokens(clock);
  private final Principal principal = new Principal.Service("crm", null, Set.of());

  @Test
  void tokenIsRememberedForAMinute() {
    tokens.add(TOKEN, principal);

    clock.set(NOW.plusSeconds(59));
    assertThat(tokens.find(TOKEN)).isSameAs(principal);
    clock.set(NOW.plusSeconds(60));
    assertThat(tokens.find(TOKEN)).isNull();
  }

  @Test
  void tokenIsNotRememberedLongerThanItIsValid() {
    String token = token(NOW.getEpochSecond() + 10);
    tokens.add(token, principal);

    clock.set(NOW.plusSeconds(9));
    assertThat(tokens.find(token)).isSameAs(principal);
    clock.set(NOW.plusSeconds(10));
    assertThat(tokens.find(token)).isNull();
  }

  @Test
  void onlyTheVerifiedTextIsRemembered() {
    tokens.add(TOKEN, principal);

    assertThat(tokens.find(TOKEN + "x")).isNull();
    assertThat(tokens.find(TOKEN + " ")).isNull();
  }

  @Test
  void tokenThatIsValidForYearsIsRememberedForAMinute() {
    String token = token(9_999_999_999L);
    tokens.add(token, principal);

    clock.set(NOW.plus(Duration.ofSeconds(59)));
    assertThat(tokens.find(token)).isSameAs(principal);
  }

  @Test
  void floodOfTokensDoesNotGrowTheMemory() {
    for (int i = 0; i < 50_000; i++) {
      tokens.add(token(i + 9_999_999_999L), principal);
    }

    assertThat(tokens.size()).isLessThanOrEqualTo(20_000);
    assertThat(tokens.find(token(49_999 + 9_999_999_999L))).isSameAs(principal);
  }

  private static final class SetClock extends Clock {
    private Instant now;

    SetClock(Instant now) {
      this.now = now;
    }

    void set(Instant instant) {
      now = instant;
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private static String token(long expires) {
    String header = encoded("{\"alg\":\"HS256\"}");
    return header + "." + encoded("{\"exp\":" + expires + "}") + ".signature";
  }

  private static String encoded(String json) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
  }
}
