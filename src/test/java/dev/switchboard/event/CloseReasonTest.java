package dev.switchboard.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CloseReasonTest {

  @ParameterizedTest
  @EnumSource
  void messageFitsIntoACloseFrame(CloseReason reason) {
    assertThat(reason.message().getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1, 123);
  }

  @Test
  void everyCodeIsPublishedAndUsedOnce() {
    assertThat(Arrays.stream(CloseReason.values()).map(CloseReason::code))
        .containsExactlyInAnyOrder(
            1001, 4008, 4400, 4401, 4403, 4404, 4408, 4409, 4410, 4429, 4503);
  }
}
