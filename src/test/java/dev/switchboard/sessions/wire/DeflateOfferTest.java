package dev.switchboard.sessions.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7692, section 7.1: which offers are taken, and with which answer. */
class DeflateOfferTest {
  private static final String AGREED =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate",
        "Permessage-Deflate",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; client_max_window_bits=8",
        "permessage-deflate; client_max_window_bits=\"10\"",
        "permessage-deflate;server_no_context_takeover;client_no_context_takeover",
        "x-webkit-deflate-frame, permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_max_window_bits=10, permessage-deflate",
        "permessage-deflate; unheard_of, permessage-deflate"
      })
  void takesTheFirstOfferThatCanBeKept(String offers) {
    assertThat(DeflateOffer.answer(List.of(offers))).isEqualTo(AGREED);
  }

  @Test
  void takesOffersOfSeveralHeaders() {
    assertThat(DeflateOffer.answer(List.of("something-else", "permessage-deflate")))
        .isEqualTo(AGREED);
  }

  @Test
  void confirmsTheFullWindowIfItWasAskedFor() {
    assertThat(DeflateOffer.answer(List.of("permessage-deflate; server_max_window_bits=15")))
        .isEqualTo(AGREED + "; server_max_window_bits=15");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "something-else",
        "permessage-deflate; server_max_window_bits=10",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=08",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; unheard_of",
        "permessage-deflate;"
      })
  void declinesWhatCannotBeKept(String offers) {
    assertThat(DeflateOffer.answer(List.of(offers))).isNull();
  }

  @Test
  void noOfferIsNoAgreement() {
    assertThat(DeflateOffer.answer(List.of())).isNull();
  }
}
