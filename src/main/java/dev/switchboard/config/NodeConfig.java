package dev.switchboard.config;

import dev.switchboard.config.binding.Setting;
import java.time.Duration;

/** This node. */
public record NodeConfig(
    @Setting(
            about = "Node name in logs and in `connected`; empty: host name plus a random part",
            def = "")
        String name,
    @Setting(about = "Directory for the embedded servers and generated secrets", def = "data")
        String dataDirectory,
    @Setting(
            about =
                "How long a starting node waits for a Redis or Postgres that can't be reached"
                    + " before it gives up",
            def = "60s",
            max = "1h")
        Duration storesTimeout,
    @Setting(
            about =
                "Maximum time for which a starting node exercises its code under a load of its own"
                    + " before it accepts clients; 0: not at all",
            def = "15s",
            max = "2m")
        Duration warmup) {}
