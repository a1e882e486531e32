package dev.switchboard.sessions.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.RawSocket;
import dev.switchboard.support.RawSocket.Frame;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455, case by case, against a whole node over bare TCP. */
class ConformanceIT {
  private static final int TEXT = 0x81;
  private static final int TEXT_BEGUN = 0x01;
  private static final int MIDDLE = 0x00;
  private static final int LAST = 0x80;
  private static final int BINARY = 0x82;
  private static final int CLOSE = 0x88;
  private static final int PING = 0x89;
  private static final int PONG = 0x8a;

  /** Less than the 5 s after which the server would give up waiting for an answer. */
  private static final int CLOSE_TIMEOUT_MILLIS = 4_000;

  private static final byte[] ASK = "{\"type\":\"ping\",\"ref\":\"é\"}".getBytes(UTF_8);

  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;
  private RawSocket socket;

  @BeforeAll
  static void start() {
    node = TestNode.start(stores);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void signIn() {
    socket = RawSocket.signIn(node, TestTokens.user("wire", "u"));
  }

  @AfterEach
  void leave() {
    socket.close();
  }

  private void assertAnswered() {
    Frame answer = socket.read();
    assertThat(answer.first()).isEqualTo(TEXT);
    JsonObject pong = new JsonObject(answer.text());
    assertThat(pong.getString("type")).isEqualTo("pong");
    assertThat(pong.getString("ref")).isEqualTo("é");
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @Test
  void wholeMessage() {
    socket.send(TEXT, ASK);
    assertAnswered();
  }

  @Test
  void messageInFragmentsEvenInsideACharacter() {
    socket.send(TEXT_BEGUN, Arrays.copyOfRange(ASK, 0, ASK.length - 3));
    socket.send(MIDDLE, Arrays.copyOfRange(ASK, ASK.length - 3, ASK.length - 2));
    socket.send(LAST, Arrays.copyOfRange(ASK, ASK.length - 2, ASK.length));
    assertAnswered();
  }

  @Test
  void emptyFragmentsAndControlFramesBetweenFragments() {
    socket.send(TEXT_BEGUN, bytes());
    socket.send(PING, bytes(1, 2, 3));
    socket.send(MIDDLE, ASK);
    socket.send(PONG, bytes());
    socket.send(LAST, bytes());

    Frame pong = socket.read();
    assertThat(pong.first()).isEqualTo(PONG);
    assertThat(pong.payload()).containsExactly(1, 2, 3);
    assertAnswered();
  }

  @Test
  void frameThatComesByteByByte() throws IOException {
    for (byte b : RawSocket.frame(TEXT, ASK)) {
      socket.sendRaw(new byte[] {b});
    }
    assertAnswered();
  }

  @Test
  void framesThatComeTogether() throws IOException {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.write(RawSocket.frame(TEXT, ASK));
    both.write(RawSocket.frame(TEXT, ASK));
    socket.sendRaw(both.toByteArray());
    assertAnswered();
    assertAnswered();
  }

  @Test
  void pingOfAnyAllowedLengthIsAnsweredWithItsBytes() {
    for (int length : new int[] {0, 1, 125}) {
      byte[] payload = new byte[length];
      Arrays.fill(payload, (byte) 0xfe);
      socket.send(PING, payload);
      Frame pong = socket.read();
      assertThat(pong.first()).isEqualTo(PONG);
      assertThat(pong.payload()).isEqualTo(payload);
    }
  }

  @Test
  void unaskedPongIsIgnored() {
    socket.send(PONG, bytes(9, 9));
    socket.send(TEXT, ASK);
    assertAnswered();
  }

  @Test
  void controlFrameTooLongIsAProtocolError() {
    socket.send(PING, new byte[126]);
    assertThat(socket.readUntilClose()).isEqualTo(1002);
  }

  @Test
  void controlFrameInFragmentsIsAProtocolError() {
    socket.send(0x09, bytes(1));
    assertThat(socket.readUntilClose()).isEqualTo(1002);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x83, 0x87, 0x8b, 0x8f, 0xc1, 0xa1, 0x91})
  void reservedOpcodeOrBitIsAProtocolError(int first) {
    socket.send(first, ASK);
    assertThat(socket.readUntilClose()).isEqualTo(1002);
  }

  @Test
  void continuationOfNothingIsAProtocolError() {
    socket.send(LAST, ASK);
    assertThat(socket.readUntilClose()).isEqualTo(1002);
  }

  @Test
  void newMessageWithinFragmentsIsAProtocolError() {
    socket.send(TEXT_BEGUN, ASK);
    socket.send(TEXT, ASK);
    assertThat(socket.readUntilClose()).isEqualTo(1002);
  }

  @Test
  void unmaskedFrameIsAProtocolError() throws IOException {
    socket.sendRaw(bytes(TEXT, 2, '{', '}'));
    assertThat(socket.readUntilClose()).isEqualTo(1002);
  }

  @Test
  void binaryIsNotTaken() {
    socket.send(BINARY, ASK);
    assertThat(socket.readUntilClose()).isEqualTo(1003);
  }

  @Test
  void binaryInFragmentsIsNotTaken() {
    socket.send(0x02, ASK);
    assertThat(socket.readUntilClose()).isEqualTo(1003);
  }

  @ParameterizedTest
  @ValueSource(strings = {"80", "c0af", "eda080", "f4908080", "c3", "fe", "22f09f22", "cebae1"})
  void badUtf8IsRefused(String hex) {
    socket.send(TEXT, HexFormat.of().parseHex(hex));
    assertThat(socket.readUntilClose()).isEqualTo(1007);
  }

  @Test
  void frameLargerThanAllowedIsTooBig() {
    socket.send(TEXT, new byte[(64 << 10) + 1]);
    assertThat(socket.readUntilClose()).isEqualTo(1009);
  }

  @Test
  void messageLargerThanAllowedIsTooBig() {
    byte[] half = new byte[40 << 10];
    Arrays.fill(half, (byte) ' ');
    socket.send(TEXT_BEGUN, half);
    socket.send(LAST, half);
    assertThat(socket.readUntilClose()).isEqualTo(1009);
  }

  @Test
  void largestMessageIsTaken() {
    byte[] padded = Arrays.copyOf(ASK, 64 << 10);
    Arrays.fill(padded, ASK.length, padded.length, (byte) ' ');
    socket.send(TEXT, padded);
    assertAnswered();
  }

  @Test
  void closeWithoutACodeIsAnsweredWithNormal() {
    socket.send(CLOSE, bytes());
    assertThat(socket.readUntilClose()).isEqualTo(1000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 4999})
  void validCloseCodeIsEchoed(int code) {
    socket.send(CLOSE, bytes(code >> 8, code, 'o', 'k'));
    assertThat(socket.readUntilClose()).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535})
  void invalidCloseCodeIsAProtocolError(int code) {
    socket.send(CLOSE, bytes(code >> 8, code));
    assertThat(socket.readUntilClose()).isEqualTo(1002);
  }

  @Test
  void connectionEndsAtOnceAfterAnInvalidCloseCodeOfTheClient() throws IOException {
    socket.send(CLOSE, bytes(5_000 >> 8, 5_000 & 0xff));
    assertThat(socket.readUntilClose()).isEqualTo(1002);
    assertThat(socket.isEndedBefore(CLOSE_TIMEOUT_MILLIS)).isTrue();
  }

  @Test
  void closePayloadOfOneByteIsAProtocolError() {
    socket.send(CLOSE, bytes(3));
    assertThat(socket.readUntilClose()).isEqualTo(1002);
  }

  @Test
  void closeReasonMustBeUtf8() {
    socket.send(CLOSE, bytes(3, 232, 0xce, 0xba, 0xe1, 0xbd, 0xb9, 0xcf, 0x83, 0xed, 0xa0, 0x80));
    assertThat(socket.readUntilClose()).isIn(1002, 1007);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6162ff", "ceba e1bd b9 cf83 ceb1 f490", "eda0", "c0", "f5"})
  void badUtf8IsRefusedBeforeTheMessageIsComplete(String hex) {
    socket.send(TEXT_BEGUN, HexFormat.of().parseHex(hex.replace(" ", "")));

    assertThat(socket.readUntilClose()).isEqualTo(1007);
  }

  @Test
  void connectionEndsOnceTheClientHasAnsweredTheCloseAfterAProtocolError() throws IOException {
    socket.send(0x83, ASK);
    assertThat(socket.readUntilClose()).isEqualTo(1002);

    for (byte b : RawSocket.frame(CLOSE, bytes(3, 234))) {
      socket.sendRaw(new byte[] {b});
    }

    assertThat(socket.isEndedBefore(CLOSE_TIMEOUT_MILLIS)).isTrue();
  }

  @Test
  void connectionStaysOpenForAnAnswerToTheCloseAfterAProtocolError() throws IOException {
    socket.sendRaw(RawSocket.frame(0x83, ASK));
    socket.sendRaw(RawSocket.frame(TEXT, ASK));
    assertThat(socket.readUntilClose()).isEqualTo(1002);
    socket.sendRaw(RawSocket.frame(CLOSE, bytes(3, 234, 'x')));
    assertThat(socket.isEndedBefore(CLOSE_TIMEOUT_MILLIS)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "131, 1002, PROTOCOL_ERROR",
    "130, 1003, UNSUPPORTED_DATA",
    "129, 1007, INVALID_TEXT",
    "1, 1007, INVALID_TEXT",
    "9, 1002, PROTOCOL_ERROR"
  })
  void endForAFaultOfTheClientIsCounted(int first, int code, String reason) {
    double before = ended(reason);

    socket.send(first, bytes(0xff));
    assertThat(socket.readUntilClose()).isEqualTo(code);

    assertThat(ended(reason)).isEqualTo(before + 1);
  }

  @Test
  void endForAMessageThatIsTooBigIsCounted() {
    double before = ended("MESSAGE_TOO_BIG");

    socket.send(TEXT, new byte[(64 << 10) + 1]);
    assertThat(socket.readUntilClose()).isEqualTo(1009);

    assertThat(ended("MESSAGE_TOO_BIG")).isEqualTo(before + 1);
  }

  private static double ended(String reason) {
    String name = "switchboard_sessions_ended_total{reason=\"" + reason + "\"} ";
    return node.manage("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
  }
}
