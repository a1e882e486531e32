package dev.switchboard.sessions.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.event.InvalidNameException;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may say of the receipt of its inbox. */
class SubscribeRequestTest {
  private static final String PREFIX = "callcenter:";

  @Test
  void receiptsAreImplicitUnlessTheClientSaysOtherwise() {
    assertThat(request("{}").explicitReceipts()).isFalse();
    assertThat(request("{\"receipts\":null}").explicitReceipts()).isFalse();
    assertThat(request("{\"receipts\":\"explicit\"}").explicitReceipts()).isTrue();
    assertThat(query(null).explicitReceipts()).isFalse();
    assertThat(query("explicit").explicitReceipts()).isTrue();
  }

  /** Taken as implicit, it would remove messages that the client never acknowledged. */
  @ParameterizedTest
  @ValueSource(strings = {"Explicit", "yes", ""})
  void misspeltReceiptsAreRefused(String receipts) {
    assertThatThrownBy(() -> query(receipts))
        .isInstanceOf(InvalidNameException.class)
        .hasMessageContaining("receipts must be \"explicit\"");
    assertThatThrownBy(() -> request(new JsonObject().put("receipts", receipts).encode()))
        .isInstanceOf(InvalidNameException.class);
    assertThatThrownBy(() -> request("{\"receipts\":true}"))
        .isInstanceOf(InvalidNameException.class);
  }

  private static SubscribeRequest request(String payload) {
    return SubscribeRequest.of(new JsonObject(payload), PREFIX);
  }

  private static SubscribeRequest query(@Nullable String receipts) {
    return SubscribeRequest.ofQuery(null, null, null, PREFIX)
        .withKept(null, null, receipts, PREFIX);
  }
}
