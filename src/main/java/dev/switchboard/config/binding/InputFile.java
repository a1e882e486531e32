package dev.switchboard.config.binding;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads files that people name in options and settings, up to a limit; blocking. Such a file may be
 * a pipe or a device. Every problem is an {@link UnreadableException}, whose message names the file
 * and never shows its contents.
 */
public final class InputFile {
  /** More than any configuration, secret or body of a webhook call has. */
  private static final int MAX_BYTES = 32 << 20;

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private InputFile() {}

  /** Returns the bytes of a file or pipe. */
  public static byte[] bytes(Path file) {
    if (Files.isDirectory(file)) {
      throw unreadable(file, "is a directory");
    }
    if (Files.notExists(file)) {
      throw unreadable(file, "does not exist");
    }
    byte[] bytes = read(file);
    if (bytes.length > MAX_BYTES) {
      throw unreadable(file, "is larger than " + (MAX_BYTES >> 20) + " MiB");
    }
    return bytes;
  }

  private static byte[] read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MAX_BYTES + 1);
    } catch (AccessDeniedException e) {
      throw unreadable(file, "may not be read by this user");
    } catch (IOException e) {
      throw unreadable(file, "can't be read");
    }
  }

  /** Returns the text of a UTF-8 file, without a byte order mark. */
  public static String text(Path file) {
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(file))).toString();
      return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw unreadable(file, "is not UTF-8 text");
    }
  }

  /** Returns the only line of a file, without surrounding white space. */
  public static String line(Path file) {
    String line = text(file).strip();
    if (line.isEmpty()) {
      throw unreadable(file, "is empty");
    }
    if (line.chars().anyMatch(character -> character == '\n' || character == '\r')) {
      throw unreadable(file, "has more than one line");
    }
    if (line.chars().anyMatch(Character::isISOControl)) {
      throw unreadable(file, "contains control characters");
    }
    return line;
  }

  private static UnreadableException unreadable(Path file, String problem) {
    return new UnreadableException(file, problem);
  }

  /** A file can't be read, or does not contain what it must. */
  public static final class UnreadableException extends IllegalArgumentException {
    private final String problem;

    private UnreadableException(Path file, String problem) {
      super("can't read " + file + ": it " + problem);
      this.problem = problem;
    }

    /** What is wrong with the file, such as "is a directory". */
    public String problem() {
      return problem;
    }
  }
}
