package dev.switchboard.config;

import dev.switchboard.config.binding.ByteSize;
import dev.switchboard.config.binding.Setting;

/**
 * Bounds of kept events. A new key is refused beyond them; an update of a key passes up to twice
 * the bytes, and forgetting a key always passes.
 */
public record KeptConfig(
    @Setting(
            about = "Maximum keys of a tenant without a topic",
            def = "10000",
            min = "1",
            max = "100000")
        int maxKeys,
    @Setting(
            about = "Maximum bytes of a tenant's kept events without a topic",
            def = "16MiB",
            min = "64KiB",
            max = "256MiB")
        ByteSize maxBytes,
    @Setting(about = "Maximum keys of one topic", def = "100", min = "1", max = "100000")
        int topicMaxKeys,
    @Setting(
            about = "Maximum bytes of one topic's kept events",
            def = "256KiB",
            min = "16KiB",
            max = "256MiB")
        ByteSize topicMaxBytes,
    @Setting(
            about = "Maximum topics of a tenant that have kept events",
            def = "1000",
            min = "1",
            max = "100000")
        int maxTopics,
    @Setting(
            about = "Maximum collections that a session follows",
            def = "32",
            min = "1",
            max = "1000")
        int maxNames) {}
