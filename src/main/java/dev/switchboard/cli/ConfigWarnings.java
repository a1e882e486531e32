package dev.switchboard.cli;

import dev.switchboard.config.PostgresConfig;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.config.binding.UnknownVariables;
import java.util.ArrayList;
import java.util.List;

/**
 * Warnings about settings that are unsafe in production or misspelt; {@code run} and {@code check}
 * print them.
 */
final class ConfigWarnings {
  private ConfigWarnings() {}

  static List<String> of(SwitchboardConfig config) {
    List<String> warnings =
        new ArrayList<>(UnknownVariables.warnings(System.getenv(), SwitchboardConfig.class));
    if (config.redis().mode() != RedisConfig.Mode.embedded && !config.redis().password().isSet()) {
      warnings.add("Redis is used without a password; set redis.password");
    }
    if (config.postgres().mode() == PostgresConfig.Mode.server
        && config.postgres().password().reveal().equals("switchboard")) {
      warnings.add("Postgres is used with the default password; set postgres.password");
    }
    if (!config.encryption().keys().isSet()) {
      warnings.add("Webhook secrets are stored unencrypted; set encryption.keys, then run rekey");
    }
    if (config.webhooks().allowHttp()) {
      warnings.add("Webhooks may use http:// without encryption (webhooks.allowHttp)");
    }
    if (!config.webhooks().allowedCidrs().isEmpty()) {
      warnings.add(
          "Webhooks may reach private addresses (webhooks.allowedCidrs): "
              + config.webhooks().allowedCidrs());
    }
    return warnings;
  }
}
