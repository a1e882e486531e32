package dev.switchboard.config.pages;

import dev.switchboard.config.binding.Setting;

/** The documentation that a node serves. */
public record DocsConfig(
    @Setting(about = "Serve the documentation below /docs on the client port", def = "true")
        boolean enabled) {}
