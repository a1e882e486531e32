package dev.switchboard.sessions.signin;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an {@code Authorization} header says of a token. */
class BearerTokenTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer t.o.k",
        "bearer t.o.k",
        "BEARER  t.o.k ",
        " Bearer\tt.o.k",
        "Bearer t.o.k\t"
      })
  void tokenFollowsTheScheme(String header) {
    assertThat(BearerToken.of(header)).isEqualTo("t.o.k");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer", "bearer ", "Bearer\t"})
  void tokenIsMissing(String header) {
    assertThat(BearerToken.of(header)).isEmpty();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"Basic dXNlcjpwYXNz", "Bearertoken", "", "t.o.k"})
  void otherSchemesAreLeftAlone(@Nullable String header) {
    assertThat(BearerToken.of(header)).isNull();
  }
}
