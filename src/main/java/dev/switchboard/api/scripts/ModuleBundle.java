package dev.switchboard.api.scripts;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One module that holds all modules of a page, so that a browser loads everything in one file. All
 * share one scope: no two may declare the same name, and none may declare the name of a browser's
 * object that another one uses.
 */
public final class ModuleBundle {
  private static final String HERE = "./";

  private final Map<String, String> sources;
  private final Map<String, SourceModule> modules = new LinkedHashMap<>();
  private final Set<String> entered = new LinkedHashSet<>();

  private ModuleBundle(Map<String, String> sources) {
    this.sources = sources;
  }

  /**
   * Puts a module and all it needs into one; what it exports is exported.
   *
   * @param sources texts of modules, by their names
   * @param entry the module that a page loads
   * @throws IllegalArgumentException if a module is missing, they need each other in a circle, or
   *     names clash
   */
  public static String of(Map<String, String> sources, String entry) {
    ModuleBundle bundle = new ModuleBundle(sources);
    bundle.enter(entry);
    bundle.requireUniqueNames();
    bundle.requireExports();
    return bundle.text(entry);
  }

  /** Adds a module after those that it needs. */
  private void enter(String name) {
    if (modules.containsKey(name)) {
      return;
    }
    if (!entered.add(name)) {
      throw new IllegalArgumentException("modules need each other in a circle: " + entered);
    }
    String source = sources.get(name);
    if (source == null) {
      throw new IllegalArgumentException(name + " is missing; modules: " + sources.keySet());
    }
    SourceModule module = SourceModule.of(name, source);
    module.imports().keySet().stream()
        .filter(ModuleBundle::isHere)
        .forEach(from -> enter(from.substring(HERE.length())));
    modules.put(name, module);
  }

  private static boolean isHere(String module) {
    return module.startsWith(HERE);
  }

  private void requireUniqueNames() {
    Map<String, String> owners = new TreeMap<>();
    libraries()
        .forEach(
            (library, names) ->
                names.forEach(
                    name -> requireNew(owners, name.replace("default as ", ""), library)));
    for (SourceModule module : modules.values()) {
      module.declared().forEach(name -> requireNew(owners, name, module.name()));
    }
  }

  private static void requireNew(Map<String, String> owners, String name, String owner) {
    String other = owners.put(name, owner);
    if (other != null) {
      throw new IllegalArgumentException(name + " is declared by " + other + " and by " + owner);
    }
  }

  private void requireExports() {
    for (SourceModule module : modules.values()) {
      module
          .imports()
          .forEach(
              (from, names) -> {
                if (isHere(from)) {
                  requireExports(module, from.substring(HERE.length()), names);
                }
              });
    }
  }

  private void requireExports(SourceModule module, String from, Set<String> names) {
    SourceModule other = modules.get(from);
    Set<String> missing = new TreeSet<>(names);
    if (other != null) {
      missing.removeAll(other.exported());
      other.imports().values().forEach(missing::removeAll);
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          module.name() + " imports " + missing + ", which " + from + " does not export");
    }
  }

  /** What is imported of each library. */
  private Map<String, Set<String>> libraries() {
    Map<String, Set<String>> libraries = new TreeMap<>();
    for (SourceModule module : modules.values()) {
      module
          .imports()
          .forEach(
              (from, names) -> {
                if (!isHere(from)) {
                  libraries.computeIfAbsent(from, unheard -> new TreeSet<>()).addAll(names);
                }
              });
    }
    return libraries;
  }

  private String text(String entry) {
    List<String> lines = new ArrayList<>();
    libraries().forEach((library, names) -> lines.add(importOf(library, names)));
    modules.values().forEach(module -> lines.add(CompactScript.of(module.body())));
    Collection<String> exported = requireNonNull(modules.get(entry)).exported();
    lines.add("export{" + String.join(",", exported) + "};");
    return String.join("\n", lines) + "\n";
  }

  private static String importOf(String library, Set<String> names) {
    return "import{" + String.join(",", names) + "}from\"" + library + "\";";
  }
}
