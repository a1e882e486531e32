package dev.switchboard.cli.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a UTF-8 stream. Decodes each line on its own and refuses one that is not UTF-8, so
 * that no byte is replaced and the lines before it are not lost.
 */
final class InputLines {
  private static final int MAX_LINE_BYTES = 32 << 20;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final InputStream in;
  private int number;

  InputLines(InputStream in) {
    this.in = new BufferedInputStream(in, 1 << 16);
  }

  /** The number of the last line, from 1. */
  int number() {
    return number;
  }

  /** Whether more input is there, so that the next line can probably be read without waiting. */
  boolean isReady() throws IOException {
    return in.available() > 0;
  }

  /**
   * Returns the next line; null at the end.
   *
   * @throws ClientException if the line is not UTF-8 or too long
   */
  @Nullable String next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int octet = in.read();
    if (octet < 0) {
      return null;
    }
    number++;
    for (; octet >= 0 && octet != '\n'; octet = in.read()) {
      if (line.size() == MAX_LINE_BYTES) {
        throw new ClientException(
            "line " + number + " is longer than " + (MAX_LINE_BYTES >> 20) + " MiB");
      }
      line.write(octet);
    }
    return decoded(line.toByteArray());
  }

  private String decoded(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      boolean marked = number == 1 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
      return marked ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new ClientException("line " + number + " is not UTF-8 text");
    }
  }
}
