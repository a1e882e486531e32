package dev.switchboard.config.binding;

import java.nio.file.Path;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The environment variables that override the file. A setting's variable is named after its path:
 * {@code redis.password} is {@code SWITCHBOARD_REDIS_PASSWORD}; {@code
 * SWITCHBOARD_REDIS_PASSWORD_FILE} names a file that contains the value, as container secrets do.
 *
 * @param variables returns the value of a variable or null, such as {@code System::getenv}
 */
public record Environment(UnaryOperator<@Nullable String> variables) {
  /** What the JVM puts in the place of bytes that it can't decode. */
  private static final char REPLACEMENT = '\uFFFD';

  static final Environment EMPTY = new Environment(name -> null);

  /** Returns the variable of the setting at {@code path}. */
  public static String variable(String path) {
    String snakeCase = path.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('.', '_');
    return "SWITCHBOARD_" + snakeCase.toUpperCase(Locale.ROOT);
  }

  /**
   * Returns the value that overrides the setting at {@code path}, or null.
   *
   * @throws IllegalArgumentException if the variable is not text, or names a file that can't be
   *     read
   */
  @Nullable String override(String path) {
    String name = variable(path);
    String value = variables.apply(name);
    String file = variables.apply(name + "_FILE");
    if (value != null && value.indexOf(REPLACEMENT) >= 0) {
      throw new IllegalArgumentException(
          name + ": is not text in this locale; set LC_ALL=C.UTF-8, or use " + name + "_FILE");
    }
    if (value != null || file == null) {
      return value;
    }
    try {
      return requireText(file, InputFile.text(Path.of(file)).strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + "_FILE: " + e.getMessage(), e);
    }
  }

  private static String requireText(String file, String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("the file " + file + " is empty");
    }
    return text;
  }
}
