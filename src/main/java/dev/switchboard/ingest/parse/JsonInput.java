package dev.switchboard.ingest.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Parses bytes as a stream of JSON tokens, with error messages for producers. */
final class JsonInput {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          // UTF-8 and nothing else: that is what was checked, and what the bytes are stored in.
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(256)
                  .maxNumberLength(400)
                  .maxNameLength(64 << 10)
                  .maxStringLength(16 << 20)
                  .build())
          .build();

  private JsonInput() {}

  /** Turns tokens into a value. */
  interface TokenReader<T> {
    /** Reads from a parser that is before its first token. */
    T read(JsonParser parser) throws IOException;
  }

  /**
   * Reads bytes that hold one JSON value and nothing else.
   *
   * @throws InvalidEventsException if they do not, or exceed a limit
   */
  static <T> T read(byte[] json, TokenReader<T> reader) {
    requireUtf8(json);
    try (JsonParser parser = JSON.createParser(json)) {
      T value = reader.read(parser);
      if (parser.nextToken() != null) {
        throw InvalidEventsException.malformed("the body goes on after the JSON value");
      }
      return value;
    } catch (StreamConstraintsException e) {
      String limit = e.getOriginalMessage().replaceFirst(", from `[^`]*`", "");
      throw new InvalidEventsException("the JSON exceeds a limit: " + limit, List.of(), true);
    } catch (JsonParseException e) {
      throw InvalidEventsException.malformed(
          "the body is not valid JSON: line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr());
    } catch (IOException e) {
      throw InvalidEventsException.malformed("the body is not valid JSON");
    }
  }

  private static void requireUtf8(byte[] json) {
    for (byte b : json) {
      if (b < 0) {
        decodeStrictly(json);
        return;
      }
    }
  }

  private static void decodeStrictly(byte[] json) {
    try {
      CharBuffer unused = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json));
    } catch (CharacterCodingException e) {
      throw InvalidEventsException.malformed("the body is not valid UTF-8");
    }
  }
}
