package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginsTest {

  @ParameterizedTest
  @CsvSource({
    "https://a.example, https://a.example, true",
    "https://a.example:443, https://a.example, true",
    "https://a.example, https://a.example:443, true",
    "http://a.example:80, http://A.example, true",
    "http://a.example, http://a.example:443, false",
    "https://a.example:8443, https://a.example, false",
    "https://a.example, http://a.example, false",
    "http://[::1]:80, http://[::1], true",
    "capacitor://localhost, capacitor://localhost, true",
    "ionic://localhost, capacitor://localhost, false",
    "null, null, true",
    "https://a.example, null, false",
    "*, null, true"
  })
  void originIsComparedAsBrowsersWriteIt(String listed, String sent, boolean allowed) {
    assertThat(new Origins(List.of(listed)).allow(sent)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"capacitor://localhost", "ionic://app", "null", "*", "https://a:443"})
  void originsOfAppFrameworksAreWellFormed(String origin) {
    assertThat(Origins.isWellFormed(origin)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a.example", "https://a.example/", "https://", "://a", "https://a b"})
  void otherTextsAreNot(String origin) {
    assertThat(Origins.isWellFormed(origin)).isFalse();
  }
}
