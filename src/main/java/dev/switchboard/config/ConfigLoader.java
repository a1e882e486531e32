package dev.switchboard.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.switchboard.config.binding.Environment;
import dev.switchboard.config.binding.InputFile;
import dev.switchboard.config.binding.RecordBinder;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Loads the file and the environment into a validated {@link SwitchboardConfig}. Blocking. */
public final class ConfigLoader {
  private static final JsonFactory STRICT =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final Map<Class<?>, Function<String, ?>> TEXT_TYPES =
      Map.of(
          Cidr.class, Cidr::parse, NameServer.class, NameServer::parse, Secret.class, Secret::new);

  private ConfigLoader() {}

  /**
   * Loads a file; environment variables override it.
   *
   * @param environment returns the value of a variable or null, such as {@code System::getenv}
   * @throws ConfigException with every problem found
   */
  public static SwitchboardConfig load(Path file, UnaryOperator<@Nullable String> environment) {
    return bind(file.toString(), read(file), environment);
  }

  /** Returns the defaults, overridden by the environment. */
  public static SwitchboardConfig defaults(UnaryOperator<@Nullable String> environment) {
    return bind("the environment", new JsonObject(), environment);
  }

  /** Binds a parsed object; {@code source} names it in error messages. */
  public static SwitchboardConfig bind(
      String source, JsonObject json, UnaryOperator<@Nullable String> environment) {
    RecordBinder binder = new RecordBinder(new Environment(environment), TEXT_TYPES);
    SwitchboardConfig config = binder.bind(json, SwitchboardConfig.class);
    if (!binder.problems().isEmpty()) {
      throw new ConfigException(source, binder.problems());
    }
    return config;
  }

  private static JsonObject read(Path file) {
    try {
      String text = InputFile.text(file);
      JsonObject json = new JsonObject(text);
      requireEachNameOnce(text, file);
      return json;
    } catch (InputFile.UnreadableException e) {
      throw new ConfigException(
          file.toString(),
          List.of("the file can't be read: it " + e.problem() + "; name one with --config"));
    } catch (DecodeException | ClassCastException e) {
      throw new ConfigException(
          file.toString(), List.of("the file is not a JSON object" + location(e.getCause())));
    }
  }

  /** Of two values of a setting one would be ignored. */
  private static void requireEachNameOnce(String text, Path file) {
    try (JsonParser parser = STRICT.createParser(text)) {
      while (parser.nextToken() != null) {
        // Only the names matter, which the parser compares.
      }
    } catch (JsonParseException twice) {
      if (!twice.getOriginalMessage().startsWith("Duplicate field")) {
        return;
      }
      JsonLocation at = twice.getLocation();
      throw new ConfigException(
          file.toString(),
          List.of(
              "a setting is given twice (line "
                  + at.getLineNr()
                  + ", column "
                  + at.getColumnNr()
                  + "); remove one of them"));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Says where the text is malformed. The parser's own message would show a part of it. */
  private static String location(@Nullable Throwable cause) {
    if (cause instanceof JsonProcessingException malformed && malformed.getLocation() != null) {
      JsonLocation at = malformed.getLocation();
      return " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    }
    return "";
  }
}
