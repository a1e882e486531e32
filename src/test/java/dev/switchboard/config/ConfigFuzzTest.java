package dev.switchboard.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.binding.UnknownVariables;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The configuration: a file, and variables of the environment, one a line. It is refused with all
 * problems, or what is in force can be read from what is printed of it.
 */
class ConfigFuzzTest extends FuzzTarget {
  private static final String HIDDEN = "***";

  @Override
  protected void check(byte[] input) {
    List<String> parts = parts(input, 2);
    JsonObject file = JsonTrees.object(parts.get(0)).orElse(null);
    if (file == null) {
      return;
    }
    Map<String, String> variables = variables(parts.get(1));
    List<String> warnings = UnknownVariables.warnings(variables, SwitchboardConfig.class);
    assertThat(warnings).hasSizeLessThanOrEqualTo(variables.size());
    SwitchboardConfig config;
    try {
      config = ConfigLoader.bind("the file", file, variables::get);
    } catch (ConfigException refused) {
      assertThat(refused.problems()).isNotEmpty().allMatch(problem -> !problem.isBlank());
      return;
    }
    JsonObject inForce = ConfigDocument.inForce(config);
    if (!inForce.encode().contains(HIDDEN)) {
      SwitchboardConfig again = ConfigLoader.bind("the file", inForce, name -> null);
      assertThat(ConfigDocument.inForce(again)).isEqualTo(inForce);
    }
  }

  /** Leaves out names of files to read. */
  private static Map<String, String> variables(String lines) {
    Map<String, String> variables = new HashMap<>();
    lines
        .lines()
        .filter(line -> line.indexOf('=') > 0 && !line.contains("_FILE"))
        .forEach(
            line -> {
              int equals = line.indexOf('=');
              variables.put(line.substring(0, equals), line.substring(equals + 1));
            });
    return variables;
  }
}
