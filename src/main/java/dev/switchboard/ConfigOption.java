package dev.switchboard;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --config}, shared by every sub-command. */
final class ConfigOption {
  private static final Path DEFAULT = Path.of("conf/switchboard.json");

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Configuration file (default: ${DEFAULT-VALUE}, if it is there).",
      defaultValue = "conf/switchboard.json")
  private Path file = DEFAULT;

  /** Reads it; without a file in the default place the defaults hold. */
  SwitchboardConfig load() {
    if (file.equals(DEFAULT) && !Files.exists(file)) {
      return ConfigLoader.defaults(System::getenv);
    }
    return ConfigLoader.load(file, System::getenv);
  }

  Path file() {
    return file;
  }
}
