package dev.switchboard.sessions.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.sessions.wire.Compression.Inflated;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Messages that are compressed and inflated each for itself, within bounds. */
class CompressionTest {
  private final Compression compression = new Compression(0);

  @Property(tries = 50)
  void whatWasDeflatedIsInflatedToTheSame(
      @ForAll @IntRange(min = 1, max = 60_000) int length,
      @ForAll @IntRange(min = 1, max = 64) int variety,
      @ForAll long seed) {
    byte[] message = new byte[length];
    Random random = new Random(seed);
    for (int i = 0; i < length; i++) {
      message[i] = (byte) ('a' + random.nextInt(variety) % 26);
    }

    byte @Nullable [] deflated = compression.deflate(message);

    if (deflated != null) {
      assertThat(deflated.length).isLessThan(length);
      assertThat(inflate(deflated, length)).usingRecursiveComparison().isEqualTo(whole(message));
    }
  }

  @Test
  void smallMessagesGoAsTheyAre() {
    assertThat(new Compression(100).deflate(new byte[99])).isNull();
    assertThat(new Compression(100).deflate(new byte[100])).isNotNull();
  }

  @Test
  void whatDoesNotGetShorterGoesAsItIs() {
    byte[] noise = new byte[2_000];
    new Random(1).nextBytes(noise);

    assertThat(compression.deflate(noise)).isNull();
  }

  @Test
  void bombIsNotInflatedPastTheBound() {
    byte[] bomb = requireNonNull(compression.deflate(new byte[50_000_000]));

    assertThat(bomb).hasSizeLessThan(64 << 10);
    assertThat(inflate(bomb, 64 << 10)).isInstanceOf(Inflated.TooBig.class);
  }

  @Test
  void exactlyTheBoundIsTaken() {
    byte[] message = new byte[70_000];
    byte[] deflated = requireNonNull(compression.deflate(message));

    assertThat(inflate(deflated, 70_000)).isInstanceOf(Inflated.Whole.class);
    assertThat(inflate(deflated, 69_999)).isInstanceOf(Inflated.TooBig.class);
  }

  @Test
  void garbageIsNoMessage() {
    assertThat(inflate(new byte[] {7, 7, 7, 7}, 100)).isInstanceOf(Inflated.Broken.class);
  }

  @Test
  void finalBlockEndsNothingButItself() {
    byte[] message = "hello hello hello hello".getBytes(US_ASCII);
    Deflater finishing = new Deflater(9, true);
    finishing.setInput(message);
    finishing.finish();
    byte[] out = new byte[100];
    int written = finishing.deflate(out);

    // RFC 7692, 7.2.3.4: a final block is followed by an empty one that is not.
    assertThat(inflate(Arrays.copyOf(out, written + 1), 100))
        .usingRecursiveComparison()
        .isEqualTo(whole(message));
  }

  private static Inflated whole(byte[] message) {
    return new Inflated.Whole(message);
  }

  private Inflated inflate(byte[] deflated, int most) {
    return compression.inflate(Unpooled.wrappedBuffer(deflated), most);
  }
}
