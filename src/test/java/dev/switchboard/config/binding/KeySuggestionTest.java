package dev.switchboard.config.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which known key an unknown one is taken for. */
class KeySuggestionTest {
  private static final List<String> KNOWN = List.of("port", "host", "maxBodyBytes", "drainTimeout");

  @ParameterizedTest
  @CsvSource({
    "prot, port",
    "PORT, port",
    "por, port",
    "ports, port",
    "hosst, host",
    "maxBodybytes, maxBodyBytes",
    "max_body_bytes, maxBodyBytes",
    "drainTime, drainTimeout"
  })
  void keyThatDiffersALittleIsMeant(String key, String meant) {
    assertThat(KeySuggestion.nearest(key, KNOWN)).isEqualTo(meant);
    assertThat(KeySuggestion.of(key, KNOWN)).isEqualTo(" (did you mean " + meant + "?)");
  }

  @Test
  void twoEditsOfAShortKeyAreFewEnoughAndThreeAreNot() {
    assertThat(KeySuggestion.nearest("pxxt", KNOWN)).isEqualTo("port");
    assertThat(KeySuggestion.nearest("pxxx", KNOWN)).isEmpty();
    assertThat(KeySuggestion.nearest("", KNOWN)).isEmpty();
  }

  @Test
  void thirdOfALongKeyMayDiffer() {
    assertThat(KeySuggestion.nearest("drainXXXXout", KNOWN)).isEqualTo("drainTimeout");
    assertThat(KeySuggestion.nearest("drainXXXXXut", KNOWN)).isEmpty();
  }

  @Test
  void firstOfTwoEquallyNearKeysIsMeant() {
    assertThat(KeySuggestion.nearest("post", KNOWN)).isEqualTo("port");
  }

  @Test
  void keyLikeNoOtherGetsAllOfThem() {
    assertThat(KeySuggestion.of("xyz", KNOWN))
        .isEqualTo("; known here: port, host, maxBodyBytes, drainTimeout");
  }
}
