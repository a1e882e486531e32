package dev.switchboard.config.binding;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Finds environment variables that look like ours and set nothing, most of them misspelt. */
public final class UnknownVariables {
  private static final String PREFIX = "SWITCHBOARD_";

  /** Variables of the client commands and of the tests, which are not settings. */
  private static final List<String> OTHERS =
      List.of(
          "SWITCHBOARD_TOKEN",
          "SWITCHBOARD_WEBHOOK_SECRET",
          "SWITCHBOARD_TEST_REDIS",
          "SWITCHBOARD_TEST_POSTGRES");

  /** What Kubernetes sets in every container for a service called switchboard or switchboard-…. */
  private static final Pattern OF_KUBERNETES =
      Pattern.compile(".*_SERVICE_(HOST|PORT(_.*)?)|.*_PORT(_\\d+_(TCP|UDP|SCTP)(_.*)?)?");

  private UnknownVariables() {}

  /**
   * Returns a warning for each variable, in the order of their names.
   *
   * @param variables the whole environment; values are never shown
   * @param root the record of the outermost section
   */
  public static List<String> warnings(Map<String, String> variables, Class<?> root) {
    List<String> known = new ArrayList<>(OTHERS);
    addTo(known, root, "");
    List<String> warnings = new ArrayList<>();
    new TreeMap<>(variables)
        .forEach(
            (name, value) -> {
              if (isOurs(name) && !isKnown(name, known) && !isOfKubernetes(name, value)) {
                warnings.add(warning(name, known));
              }
            });
    return warnings;
  }

  private static void addTo(List<String> names, Class<?> section, String path) {
    for (SettingComponent component : SettingComponent.of(section)) {
      String name = path.isEmpty() ? component.name() : path + "." + component.name();
      if (component.isSection()) {
        addTo(names, component.type(), name);
      } else {
        names.add(Environment.variable(name));
      }
    }
  }

  private static boolean isOurs(String name) {
    return name.toUpperCase(Locale.ROOT).startsWith(PREFIX);
  }

  private static boolean isKnown(String name, List<String> known) {
    return known.contains(name)
        || (name.endsWith("_FILE") && known.contains(name.replaceFirst("_FILE$", "")));
  }

  private static boolean isOfKubernetes(String name, String value) {
    boolean address = value.matches("(tcp|udp|sctp)://.*");
    return OF_KUBERNETES.matcher(name).matches() && (address || !name.endsWith("_PORT"));
  }

  private static String warning(String name, List<String> known) {
    boolean file = name.endsWith("_FILE");
    String base = file ? name.substring(0, name.length() - "_FILE".length()) : name;
    String nearest =
        KeySuggestion.nearest(base.replaceFirst("(?i)^" + PREFIX, ""), suffixes(known));
    String hint =
        nearest.isEmpty() ? "" : "; did you mean " + PREFIX + nearest + (file ? "_FILE" : "") + "?";
    return "The environment variable " + name + " is unknown and sets nothing" + hint;
  }

  private static List<String> suffixes(List<String> known) {
    return known.stream().map(name -> name.substring(PREFIX.length())).toList();
  }
}
