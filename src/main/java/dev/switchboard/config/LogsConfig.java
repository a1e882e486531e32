package dev.switchboard.config;

import dev.switchboard.config.binding.ByteSize;
import dev.switchboard.config.binding.Setting;
import java.time.Duration;

/** Recent events kept for recovery. */
public record LogsConfig(
    @Setting(about = "Maximum events in a log", def = "10000", min = "10", max = "1000000")
        int maxEvents,
    @Setting(about = "Maximum age of an event in a log", def = "10m", min = "1s", max = "1d")
        Duration maxAge,
    @Setting(about = "Maximum bytes in a log", def = "64MiB", min = "64KiB", max = "4GiB")
        ByteSize maxBytes) {}
