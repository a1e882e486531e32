package dev.switchboard.config.ops;

import dev.switchboard.config.binding.Setting;

/** Log output. */
public record LoggingConfig(
    @Setting(about = "`text` for people, `json` for machines", def = "text") Format format,
    @Setting(about = "Minimum level: debug, info, warn or error", def = "info") Level level) {

  /** Format of a log line. */
  public enum Format {
    text,
    json
  }

  /** Minimum level. */
  public enum Level {
    debug,
    info,
    warn,
    error
  }
}
