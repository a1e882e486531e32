package dev.switchboard.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes random variations of inputs; the same ones for the same seed. */
final class Mutations {
  private static final int MAX_STEPS = 4;
  private static final int MAX_CHUNK = 64;

  /** Texts that readers often handle wrongly. */
  private static final List<byte[]> TOKENS =
      List.of(
              "\"",
              "\\",
              "{",
              "}",
              "[",
              "]",
              ":",
              ",",
              ";",
              "=",
              "null",
              "true",
              "0",
              "-1",
              "-0",
              "1e999",
              "-1e-999",
              "9223372036854775808",
              "99999999999999999999999",
              "\\u0000",
              "\\ud800",
              "%",
              "%00",
              "%zz",
              ".",
              "..",
              "/",
              "\0",
              "\n",
              "\r\n",
              " ",
              "\t",
              "é",
              "😀",
              "*",
              "$not",
              "{{",
              "}}",
              "{{#data}}",
              "\n--\n",
              "999.999.999.999",
              "::",
              "[::1]",
              "+999999999-12-31T23:59:59Z",
              "-999999999-01-01T00:00:00Z",
              "+1000000000-12-31T23:59:59.999999999Z",
              "[[[[[[[[[[[[[[[[",
              "{\"a\":{\"a\":{\"a\":")
          .stream()
          .map(token -> token.getBytes(StandardCharsets.UTF_8))
          .toList();

  private final List<byte[]> corpus;
  private final Random random;

  Mutations(List<byte[]> corpus, long seed) {
    this.corpus = corpus;
    this.random = new Random(seed);
  }

  /** The next variation. */
  byte[] next() {
    byte[] input = anyOfCorpus();
    int steps = 1 + random.nextInt(MAX_STEPS);
    for (int i = 0; i < steps; i++) {
      input = step(input);
    }
    return input;
  }

  private byte[] anyOfCorpus() {
    return corpus.get(random.nextInt(corpus.size()));
  }

  private byte[] step(byte[] input) {
    int at = random.nextInt(input.length + 1);
    int end = Math.min(input.length, at + random.nextInt(MAX_CHUNK));
    return switch (random.nextInt(6)) {
      case 0 -> replaced(input, at, Math.min(input.length, at + 1), randomByte());
      case 1 -> replaced(input, at, at, anyToken());
      case 2 -> replaced(input, at, end, anyToken());
      case 3 -> replaced(input, at, end, new byte[0]);
      case 4 -> replaced(input, at, at, Arrays.copyOfRange(input, at, end));
      default -> spliced(input, at);
    };
  }

  private byte[] randomByte() {
    return new byte[] {(byte) random.nextInt(256)};
  }

  private byte[] anyToken() {
    return TOKENS.get(random.nextInt(TOKENS.size()));
  }

  private byte[] spliced(byte[] input, int at) {
    byte[] other = anyOfCorpus();
    int from = random.nextInt(other.length + 1);
    return replaced(input, at, input.length, Arrays.copyOfRange(other, from, other.length));
  }

  private static byte[] replaced(byte[] input, int from, int to, byte[] by) {
    byte[] result = Arrays.copyOf(input, input.length - (to - from) + by.length);
    System.arraycopy(by, 0, result, from, by.length);
    System.arraycopy(input, to, result, from + by.length, input.length - to);
    return result;
  }
}
