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

/** Opens bytes as a stream of JSON tokens, and says in a producer's words why they are none. */
final class JsonInput {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          // UTF-8 and nothing else: it is what was checked, and what the bytes are kept in.
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

  /** What is made of the tokens. */
  interface Reading<T> {
    /** The parser stands before the first token. */
    T from(JsonParser parser) throws IOException;
  }

  /**
   * Reads one JSON value that nothing follows.
   *
   * @throws InvalidEventsException if it is none
   */
  static <T> T read(byte[] json, Reading<T> reading) {
    requireUtf8(json);
    try (JsonParser parser = JSON.createParser(json)) {
      T read = reading.from(parser);
      if (parser.nextToken() != null) {
        throw InvalidEventsException.malformed("something follows the JSON value");
      }
      return read;
    } catch (StreamConstraintsException e) {
      String limit = e.getOriginalMessage().replaceFirst(", from `[^`]*`", "");
      throw new InvalidEventsException("the JSON passes a limit: " + limit, List.of(), true);
    } catch (JsonParseException e) {
      throw InvalidEventsException.malformed(
          "the body is no JSON: line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr());
    } catch (IOException e) {
      throw InvalidEventsException.malformed("the body is no JSON");
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
