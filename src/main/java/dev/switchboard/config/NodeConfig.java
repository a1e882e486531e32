package dev.switchboard.config;

import dev.switchboard.config.binding.Setting;

/** This node. */
public record NodeConfig(
    @Setting(
            about = "Node name in logs and in `connected`; empty: host name plus a random part",
            def = "")
        String name,
    @Setting(about = "Directory for the embedded servers and generated secrets", def = "data")
        String dataDirectory) {}
