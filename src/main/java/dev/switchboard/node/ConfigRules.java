package dev.switchboard.node;

import dev.switchboard.auth.Origins;
import dev.switchboard.auth.Roles;
import dev.switchboard.config.Cidr;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.PostgresConfig;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.config.binding.UnknownVariables;
import dev.switchboard.event.Reason;
import dev.switchboard.webhooks.format.LinkTemplate;
import java.util.ArrayList;
import java.util.List;

/** Rules of the configuration that only the classes that use a setting can check. */
public final class ConfigRules {
  private ConfigRules() {}

  /**
   * Checks every rule.
   *
   * @throws ConfigException with every problem found
   */
  public static void require(SwitchboardConfig config) {
    List<String> problems = new ArrayList<>();
    requireRoles(config, problems);
    for (String origin : config.sessions().allowedOrigins()) {
      if (!Origins.isWellFormed(origin)) {
        problems.add(
            "sessions.allowedOrigins: \""
                + origin
                + "\" is not an origin such as https://www.example.com, null or *");
      }
    }
    for (String header : config.http().corsHeaders()) {
      if (!header.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")) {
        problems.add("http.corsHeaders: \"" + header + "\" is not the name of a header");
      }
    }
    requireLinkTemplate(config, problems);
    requireConsole(config, problems);
    if (!problems.isEmpty()) {
      throw new ConfigException("the configuration", problems);
    }
  }

  private static void requireLinkTemplate(SwitchboardConfig config, List<String> problems) {
    try {
      LinkTemplate unused = new LinkTemplate(config.webhooks().linkTemplate());
    } catch (IllegalArgumentException e) {
      problems.add("webhooks.linkTemplate: " + Reason.of(e));
    }
  }

  private static void requireConsole(SwitchboardConfig config, List<String> problems) {
    for (String range : config.console().allowedCidrs()) {
      try {
        Cidr unused = Cidr.parse(range);
      } catch (IllegalArgumentException e) {
        problems.add("console.allowedCidrs: " + Reason.of(e));
      }
    }
    requirePlainOrigins("console.frameAncestors", config.console().frameAncestors(), problems);
    requirePlainOrigins("portal.returnOrigins", config.portal().returnOrigins(), problems);
  }

  /** Origins that go into a header, or that are compared with those of URLs as they are. */
  private static void requirePlainOrigins(
      String setting, List<String> origins, List<String> problems) {
    for (String origin : origins) {
      if (!origin.matches("https?://[a-z0-9.-]+(:\\d{1,5})?")) {
        problems.add(
            setting + ": \"" + origin + "\" is not an origin such as https://app.example.com");
      }
    }
  }

  private static void requireRoles(SwitchboardConfig config, List<String> problems) {
    try {
      Roles unused = new Roles(config.auth().roles());
    } catch (IllegalArgumentException e) {
      problems.add(Reason.of(e));
    }
  }

  /** Warns about settings that are unsafe in production or misspelt. */
  public static List<String> warnings(SwitchboardConfig config) {
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
