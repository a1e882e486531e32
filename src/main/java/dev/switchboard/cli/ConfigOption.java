package dev.switchboard.cli;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config}, shared by every sub-command. */
final class ConfigOption {
  private static final Path DEFAULT = Path.of("conf/switchboard.json");

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Configuration file (default: conf/switchboard.json, if it is there).")
  private @Nullable Path file;

  /** Reads it; if none is named and none is in the default place, the defaults hold. */
  SwitchboardConfig load() {
    Path read = inForce();
    return read == null
        ? ConfigLoader.defaults(System::getenv)
        : ConfigLoader.load(read, System::getenv);
  }

  /** Where the configuration comes from, in words. */
  String source() {
    Path read = inForce();
    return read == null ? "the defaults (there is no " + DEFAULT + ")" : read.toString();
  }

  private @Nullable Path inForce() {
    if (file != null) {
      return file;
    }
    return Files.exists(DEFAULT) ? DEFAULT : null;
  }
}
