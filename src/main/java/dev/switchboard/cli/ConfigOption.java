package dev.switchboard.cli;

import dev.switchboard.cli.client.InputLimit;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.config.binding.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --config} of every sub-command that needs the configuration. */
final class ConfigOption {
  private static final Path DEFAULT = Path.of("conf/switchboard.json");

  private static final Map<String, String> DEVELOPMENT =
      Map.of(
          Environment.variable("console.enabled"), "true",
          Environment.variable("portal.enabled"), "true");

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Configuration file (default: conf/switchboard.json, if it exists).")
  private @Nullable Path file;

  /**
   * Loads the file; if none is named and the default one does not exist, all values are defaults.
   */
  SwitchboardConfig load() {
    return load(System::getenv);
  }

  /** The same with console and portal, unless a variable of the environment says otherwise. */
  SwitchboardConfig loadForDevelopment() {
    return load(
        name -> {
          String given = System.getenv(name);
          return given == null ? DEVELOPMENT.get(name) : given;
        });
  }

  private SwitchboardConfig load(UnaryOperator<@Nullable String> environment) {
    Path path = path();
    return path == null
        ? ConfigLoader.defaults(environment)
        : InputLimit.read("--config", path, () -> ConfigLoader.load(path, environment));
  }

  /** Describes where the configuration comes from. */
  String source() {
    Path path = path();
    return path == null ? "the defaults (" + DEFAULT + " does not exist)" : path.toString();
  }

  private @Nullable Path path() {
    if (file != null) {
      return file;
    }
    return Files.exists(DEFAULT) ? DEFAULT : null;
  }
}
