package dev.switchboard.ingest.parse;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.switchboard.event.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Payloads come out as a JavaScript receiver would print them again, byte for byte. */
class PayloadNormalizerTest {
  private static final JsonFactory JSON = new JsonFactory();

  @Test
  void payloadsAreNormalizedAsNodePrintsThem() throws IOException {
    List<String> lines = vectors();
    SoftAssertions all = new SoftAssertions();

    for (int i = 0; i + 1 < lines.size(); i += 2) {
      all.assertThat(normalise(lines.get(i))).as(lines.get(i)).isEqualTo(lines.get(i + 1));
    }

    assertThat(lines).hasSizeGreaterThan(2_000);
    all.assertAll();
  }

  @Test
  void normalizingTwiceChangesNothing() throws IOException {
    for (String line : vectors()) {
      String once = normalise(line);

      assertThat(normalise(once)).isEqualTo(once);
    }
  }

  private static List<String> vectors() throws IOException {
    try (InputStream in =
        requireNonNull(PayloadNormalizerTest.class.getResourceAsStream("payload-form.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9007199254740993",
        "-9007199254740993",
        "1152921504606846976",
        "1000000000000000000000",
        "123456789012345678901234567890",
        "9007199254740993e0",
        "90071992547409930e-1",
        "1e400",
        "-1e400",
        "1.5e309"
      })
  void numbersThatNoDoubleHoldsAreKeptAsSent(String number) throws IOException {
    assertThat(normalise(number)).isEqualTo(number);
    assertThat(normalise("[ " + number + " ]")).isEqualTo("[" + number + "]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"2\":0,\"1\":0}",
        "{\"b\":0,\"1\":0,\"a\":0}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":{\"x\":1,\"x\":1},\"a\":null}"
      })
  void integerLikeAndRepeatedMembersKeepTheirOrder(String object) throws IOException {
    assertThat(normalise(object.replace(",", " , ").replace(":", " : "))).isEqualTo(object);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "-0, 0", "-0.0, 0", "-0e7, 0", "0.0e-9, 0", "-1e-400, 0"})
  void everyZeroIsPrintedAsZero(String sent, String printed) throws IOException {
    assertThat(normalise(sent)).isEqualTo(printed);
  }

  @Test
  void payloadOfTheMaximumLengthFitsAndOneByteMoreDoesNot() throws IOException {
    String json = "{\"a\":[\"" + "x".repeat(50) + "\",1.50,true],\"\u20ac\":null}";
    int length = normalise(json).getBytes(StandardCharsets.UTF_8).length;

    assertThat(read(json, length)).isNotNull();
    assertThat(read(json, length - 1)).isNull();
  }

  @Test
  void payloadThatIsTooLongIsReadToItsEnd() throws IOException {
    String json = "[{\"payload\":[[[1,2,{\"a\":\"" + "x".repeat(99) + "\"}]],3,{}],\"next\":7}]";
    try (JsonParser parser = JSON.createParser(json.getBytes(StandardCharsets.UTF_8))) {
      for (int i = 0; i < 4; i++) {
        assertThat(parser.nextToken()).isNotNull();
      }

      assertThat(PayloadNormalizer.read(parser, 10)).isNull();

      assertThat(parser.nextFieldName()).isEqualTo("next");
    }
  }

  @Property
  void everyDoubleIsPrintedSoThatItReadsTheSame(@ForAll double value) {
    String printed = EcmaNumber.format(value);

    if (Double.isFinite(value)) {
      assertThat(Double.parseDouble(requireNonNull(printed)) + 0.0).isEqualTo(value + 0.0);
      assertThat(printed).matches("-?\\d+(\\.\\d+)?(e[+-]\\d+)?").doesNotMatch(".*\\.\\d*0(e.*)?");
    }
  }

  @Test
  void notANumberAndInfinityHaveNoText() {
    assertThat(EcmaNumber.format(Double.NaN)).isNull();
    assertThat(EcmaNumber.format(Double.POSITIVE_INFINITY)).isNull();
    assertThat(EcmaNumber.format(Double.NEGATIVE_INFINITY)).isNull();
  }

  @Property
  void everyTextComesOutAsTheSameText(@ForAll String text) throws IOException {
    JsonWriter out = new JsonWriter();

    out.string(text.toCharArray(), 0, text.length());

    String json = new String(out.toByteArray(), StandardCharsets.UTF_8);
    try (JsonParser parser = JSON.createParser(json)) {
      assertThat(parser.nextTextValue()).isEqualTo(text);
    }
    assertThat(out.length()).isEqualTo(out.toByteArray().length);
  }

  @Test
  void loneSurrogatesAreEscapedAndPairsAreNot() throws IOException {
    assertThat(normalise("\"\\ud800\\ud83d\\ude00\\udc00x\\uD83D\""))
        .isEqualTo("\"\\ud800\ud83d\ude00\\udc00x\\ud83d\"");
    assertThat(normalise("{\"\\udfff\":1}")).isEqualTo("{\"\\udfff\":1}");
  }

  private static String normalise(String json) throws IOException {
    return requireNonNull(read(json, 1 << 20)).toString();
  }

  private static @Nullable Payload read(String json, int maxBytes) throws IOException {
    try (JsonParser parser = JSON.createParser(json.getBytes(StandardCharsets.UTF_8))) {
      assertThat(parser.nextToken()).isNotNull();
      Payload payload = PayloadNormalizer.read(parser, maxBytes);
      assertThat(parser.nextToken()).isNull();
      return payload;
    }
  }
}
