package dev.switchboard.sessions.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Compared with the decoder of the JDK. */
class Utf8CheckTest {
  private static final byte[] CONTINUATIONS = {
    (byte) 0x80, (byte) 0x8f, (byte) 0x90, (byte) 0x9f, (byte) 0xa0, (byte) 0xbf
  };

  /** Bytes at the bounds of every range in RFC 3629. */
  @Provide
  Arbitrary<byte[]> bytes() {
    return Arbitraries.of(
            0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1,
            0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff)
        .map(Integer::byteValue)
        .array(byte[].class)
        .ofMaxSize(9);
  }

  private static boolean isText(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)) != null;
    } catch (CharacterCodingException malformed) {
      return false;
    }
  }

  /** Returns the number of bytes that were accepted. */
  private static int accepted(byte[] bytes, Utf8Check check) {
    for (int i = 0; i < bytes.length; i++) {
      if (!check.process(bytes[i])) {
        return i;
      }
    }
    return bytes.length;
  }

  @Property(tries = 20_000)
  void exactlyTextsAreAcceptedAsAWhole(@ForAll("bytes") byte[] bytes) {
    Utf8Check check = new Utf8Check();

    assertThat(accepted(bytes, check) == bytes.length && check.isComplete())
        .isEqualTo(isText(bytes));
  }

  @Property(tries = 500)
  void whatIsAcceptedCanBecomeAText(@ForAll("bytes") byte[] bytes) {
    int length = accepted(bytes, new Utf8Check());

    assertThat(canBecomeText(Arrays.copyOf(bytes, length), 0)).isTrue();
    if (length < bytes.length) {
      assertThat(canBecomeText(Arrays.copyOf(bytes, length + 1), 0)).isFalse();
    }
  }

  private static boolean canBecomeText(byte[] bytes, int added) {
    if (isText(bytes)) {
      return true;
    }
    for (byte next : added < 3 ? CONTINUATIONS : new byte[0]) {
      byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
      longer[bytes.length] = next;
      if (canBecomeText(longer, added + 1)) {
        return true;
      }
    }
    return false;
  }

  @Property
  void everyCharacterIsAccepted(@ForAll @IntRange(max = 0x10ffff) int character) {
    byte[] bytes = new String(Character.toChars(character)).getBytes(StandardCharsets.UTF_8);

    Utf8Check check = new Utf8Check();

    assertThat(accepted(bytes, check)).isEqualTo(bytes.length);
    assertThat(check.isComplete()).isTrue();
  }
}
