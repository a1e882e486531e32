package dev.switchboard.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.binding.UnknownVariables;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The configuration: a file, and variables of the environment, one a line. It is refused with all
 * problems, or what is in force can be read from what is printed of it. Neither shows a secret.
 */
class ConfigFuzzTest extends FuzzTarget {
  private static final String HIDDEN = "***";
  private static final String SECRET = "not-to-be-shown";

  /** Sections and names of settings that are secret. */
  private static final List<List<String>> SECRETS =
      List.of(
          List.of("auth", "jwtSecret"),
          List.of("encryption", "keys"),
          List.of("postgres", "password"),
          List.of("redis", "password"),
          List.of("redis", "sentinelPassword"));

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
    checkBound(file, variables);
    Object secret = input.length % 2 == 0 ? SECRET : new JsonArray().add(SECRET);
    assertThat(shown(withSecrets(file, secret), withSecrets(variables))).doesNotContain(SECRET);
  }

  private static void checkBound(JsonObject file, Map<String, String> variables) {
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

  /** What is printed of a configuration, whether it is refused or not. */
  private static String shown(JsonObject file, Map<String, String> variables) {
    try {
      return ConfigDocument.inForce(ConfigLoader.bind("the file", file, variables::get)).encode();
    } catch (ConfigException refused) {
      return refused + refused.problems().toString();
    }
  }

  private static JsonObject withSecrets(JsonObject file, Object secret) {
    JsonObject changed = file.copy();
    for (List<String> path : SECRETS) {
      if (changed.getValue(path.get(0)) instanceof JsonObject section) {
        section.put(path.get(1), secret);
      }
    }
    return changed;
  }

  private static Map<String, String> withSecrets(Map<String, String> variables) {
    Map<String, String> changed = new HashMap<>(variables);
    changed.replaceAll((name, value) -> isSecret(name) ? SECRET + value : value);
    return changed;
  }

  private static boolean isSecret(String variable) {
    return variable.matches("SWITCHBOARD_.*(SECRET|PASSWORD|ENCRYPTION_KEYS)");
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
