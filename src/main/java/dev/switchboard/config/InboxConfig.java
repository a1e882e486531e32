package dev.switchboard.config;

import dev.switchboard.config.binding.ByteSize;
import dev.switchboard.config.binding.Setting;
import java.time.Duration;

/** Inbox of offline users. */
public record InboxConfig(
    @Setting(
            about = "Maximum messages stored per user; beyond that the oldest are dropped",
            def = "1000",
            min = "1",
            max = "100000")
        int maxMessages,
    @Setting(
            about = "Maximum bytes stored per user; beyond that the oldest messages are dropped",
            def = "8MiB",
            min = "64KiB",
            max = "256MiB")
        ByteSize maxBytes,
    @Setting(about = "How long a message is kept", def = "7d", min = "1s", max = "90d")
        Duration maxAge) {}
