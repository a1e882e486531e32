package dev.switchboard.sessions.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.Envelope;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class AcceptanceTimeTest {
  @Property
  void readsWhatTheServerWrites(
      @ForAll @LongRange(min = 0, max = 253_402_300_799_999L) long millis) {
    String time = Envelope.formatTimestamp(Instant.ofEpochMilli(millis));

    assertThat(AcceptanceTime.millis(envelope(time))).isEqualTo(millis);
  }

  @Test
  void readsALeapDay() {
    assertThat(AcceptanceTime.millis(envelope("2024-02-29T23:59:59.999Z")))
        .isEqualTo(Instant.parse("2024-02-29T23:59:59.999Z").toEpochMilli());
  }

  @Test
  void saysThatAnotherFormIsUnknown() {
    assertThat(AcceptanceTime.millis(bytes("{\"type\":\"call.incoming\",\"payload\":{}}")))
        .isEqualTo(AcceptanceTime.UNKNOWN);
    assertThat(AcceptanceTime.millis(bytes("{\"id\":null,\"timestamp\":\"2024-02-29")))
        .isEqualTo(AcceptanceTime.UNKNOWN);
    assertThat(AcceptanceTime.millis(new byte[0])).isEqualTo(AcceptanceTime.UNKNOWN);
  }

  private static byte[] envelope(String time) {
    return bytes(
        "{\"id\":\"1-a\",\"event_id\":\"e\",\"type\":\"t.x\",\"tenant_id\":\"t\",\"timestamp\":\""
            + time
            + "\",\"payload\":{}}");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
