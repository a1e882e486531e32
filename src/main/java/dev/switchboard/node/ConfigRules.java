package dev.switchboard.node;

import dev.switchboard.auth.Origins;
import dev.switchboard.auth.Roles;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.Reason;
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
                + "\" is not an origin such as https://www.example.com, or *");
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigException("the configuration", problems);
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
