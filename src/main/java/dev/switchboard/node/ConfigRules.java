package dev.switchboard.node;

import dev.switchboard.auth.Origins;
import dev.switchboard.auth.Roles;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.SwitchboardConfig;
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

  private static void requireRoles(SwitchboardConfig config, List<String> problems) {
    try {
      Roles unused = new Roles(config.auth().roles());
    } catch (IllegalArgumentException e) {
      problems.add(Reason.of(e));
    }
  }
}
