package dev.switchboard.node;

import dev.switchboard.auth.Origins;
import dev.switchboard.auth.Roles;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.SwitchboardConfig;
import java.util.ArrayList;
import java.util.List;

/** Rules of the configuration that only the parts it is for know. */
public final class ConfigRules {
  private ConfigRules() {}

  /**
   * Asks them all.
   *
   * @throws ConfigException with every problem found
   */
  public static void require(SwitchboardConfig config) {
    List<String> problems = new ArrayList<>();
    ask(problems, () -> new Roles(config.auth().roles()));
    for (String origin : config.sessions().allowedOrigins()) {
      if (!Origins.isWellFormed(origin)) {
        problems.add(
            "sessions.allowedOrigins: \""
                + origin
                + "\" is no origin such as https://www.example.com, or *");
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigException("the configuration", problems);
    }
  }

  /** A part's constructor or factory, which refuses what it can't use. */
  private interface Part {
    Object make();
  }

  private static void ask(List<String> problems, Part part) {
    try {
      Object unused = part.make();
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
  }
}
