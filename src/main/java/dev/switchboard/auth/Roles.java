package dev.switchboard.auth;

import static java.util.Objects.requireNonNull;

import dev.switchboard.config.RolesConfig;
import dev.switchboard.event.EventType;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The roles that the configuration defines. Usable from every thread. */
public final class Roles {
  /** The role of anonymous visitors of a web chat. */
  public static final String VISITOR = RolesConfig.VISITOR;

  /** The only types that visitors may publish, whatever the configuration allows. */
  private static final Set<EventType> VISITOR_TYPES =
      Set.of(EventType.CHAT_MESSAGE, EventType.CHAT_TYPING);

  private static final String ANY_OTHER = "*";

  private final RolesConfig config;
  private final Map<String, Role> known = new HashMap<>();

  /**
   * Parses all patterns and scopes.
   *
   * @throws IllegalArgumentException naming the setting that is invalid
   */
  public Roles(RolesConfig config) {
    this.config = config;
    Set<String> names = new HashSet<>(Set.of(ANY_OTHER, VISITOR));
    List.of(config.see(), config.publish(), config.topics(), config.kept(), config.scopes())
        .forEach(map -> names.addAll(map.keySet()));
    names.forEach(name -> known.put(name, read(name)));
  }

  private Role read(String name) {
    TypeRule publish = types("publish", config.publish(), name);
    return new Role(
        name,
        types("see", config.see(), name),
        name.equals(VISITOR) ? publish.within(VISITOR_TYPES) : publish,
        new TopicRule(entry(config.topics(), name)),
        new CollectionRule(entry(config.kept(), name)),
        scopes(name));
  }

  private static TypeRule types(String setting, Map<String, List<String>> map, String name) {
    try {
      return TypeRule.parse(entry(map, name));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "auth.roles." + setting + "." + name + ": " + e.getMessage(), e);
    }
  }

  private Set<Scope> scopes(String name) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String scope : entry(config.scopes(), name)) {
      scopes.add(
          Scope.of(scope)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "auth.roles.scopes." + name + ": unknown scope \"" + scope + "\"")));
    }
    return scopes;
  }

  private static List<String> entry(Map<String, List<String>> map, String name) {
    return map.getOrDefault(name, map.getOrDefault(ANY_OTHER, List.of()));
  }

  /** Returns the role of that name; a role that no setting names has the rights of {@code *}. */
  public Role of(String name) {
    Role role = known.get(name);
    if (role != null) {
      return role;
    }
    Role other = requireNonNull(known.get(ANY_OTHER));
    return new Role(
        name, other.see(), other.publish(), other.topics(), other.kept(), other.scopes());
  }
}
