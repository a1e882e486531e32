package dev.switchboard.config;

import dev.switchboard.config.binding.Setting;

/** Health and metrics. */
public record ManagementConfig(
    @Setting(about = "Address to listen on", def = "0.0.0.0") String host,
    @Setting(about = "Port to listen on; 0: any free port", def = "8090", max = "65535")
        int port) {}
