package dev.switchboard.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Restores arguments that the JVM could not decode. In a POSIX locale it replaces every byte that
 * is not ASCII; Linux keeps the bytes of the command line, which are UTF-8 then.
 */
public final class NativeText {
  private static final char REPLACEMENT = '\uFFFD';
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private NativeText() {}

  /**
   * Returns {@code arguments}, restored if necessary.
   *
   * @throws CommandException if an argument can't be restored
   */
  public static String[] arguments(String[] arguments) {
    boolean intact = Arrays.stream(arguments).noneMatch(NativeText::isDamaged);
    return intact ? arguments : restored(arguments, commandLine());
  }

  private static boolean isDamaged(String argument) {
    return argument.indexOf(REPLACEMENT) >= 0;
  }

  private static byte[] commandLine() {
    try {
      return Files.readAllBytes(COMMAND_LINE);
    } catch (IOException e) {
      throw undecodable();
    }
  }

  /** Takes the arguments from the end of a command line, in which each ends with a NUL. */
  static String[] restored(String[] arguments, byte[] commandLine) {
    List<String> all = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < commandLine.length; i++) {
      if (commandLine[i] == 0) {
        all.add(decoded(commandLine, start, i));
        start = i + 1;
      }
    }
    if (all.size() < arguments.length) {
      throw undecodable();
    }
    return all.subList(all.size() - arguments.length, all.size()).toArray(String[]::new);
  }

  private static String decoded(byte[] bytes, int from, int to) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, to - from))
          .toString();
    } catch (CharacterCodingException e) {
      throw undecodable();
    }
  }

  private static CommandException undecodable() {
    return new CommandException(
        "an argument is not UTF-8 text; set a UTF-8 locale, such as LC_ALL=C.UTF-8");
  }
}
