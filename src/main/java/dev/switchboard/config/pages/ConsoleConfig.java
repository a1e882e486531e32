package dev.switchboard.config.pages;

import dev.switchboard.config.binding.Setting;
import java.time.Duration;
import java.util.List;

/** The operators' console. */
public record ConsoleConfig(
    @Setting(
            about = "Serve the operators' console at /console/; `run --development` always does",
            def = "false")
        boolean enabled,
    @Setting(
            about =
                "Address ranges of browsers that may see and use the console, such as 10.0.0.0/8;"
                    + " empty: all. Others get 404",
            def = "")
        List<String> allowedCidrs,
    @Setting(
            about =
                "Origins such as https://app.example.com whose pages may show /portal/ in a frame;"
                    + " empty: none. The console itself is never shown in a frame",
            def = "")
        List<String> frameAncestors,
    @Setting(
            about = "How long a console session lasts at most; it ends with its key or token",
            def = "12h",
            min = "1s",
            max = "7d")
        Duration sessionLifetime,
    @Setting(
            about = "How long a console session may be unused before it ends",
            def = "1h",
            min = "1s",
            max = "7d")
        Duration idle) {}
