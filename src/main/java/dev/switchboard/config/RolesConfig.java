package dev.switchboard.config;

import dev.switchboard.config.binding.Setting;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What each role may do.
 *
 * <p>A role that a map does not name gets what the entry {@code *} grants. A pattern after {@code
 * !} takes away what other patterns grant. A map that does not name visitors leaves them their
 * defaults, because they are anonymous.
 *
 * <p>By default only supervisors and admins see presence changes: sent to everyone, a shift of n
 * users that signs in would cost n² messages.
 */
public record RolesConfig(
    @Setting(
            about =
                "Event patterns a role may see, live and in replay; sending presence to"
                    + " everyone costs n² messages when a shift of n signs in",
            def =
                "{\"*\":[\"*\",\"!webhook.*\",\"!presence.*\"],"
                    + "\"supervisor\":[\"*\",\"!webhook.*\"],"
                    + "\"admin\":[\"*\"],\"service\":[\"*\"],\"visitor\":[\"chat.*\"]}")
        Map<String, List<String>> see,
    @Setting(
            about = "Event patterns a role may publish, over a socket or over HTTP with its token",
            def =
                "{\"*\":[\"chat.message\",\"chat.typing\"],"
                    + "\"supervisor\":[\"*\"],\"admin\":[\"*\"],\"service\":[\"*\"],"
                    + "\"visitor\":[\"chat.message\",\"chat.typing\"]}")
        Map<String, List<String>> publish,
    @Setting(
            about =
                "Topics a role may subscribe to and publish to: exact names, or prefixes"
                    + " that end with `*`",
            def = "{\"*\":[\"*\"],\"visitor\":[]}")
        Map<String, List<String>> topics,
    @Setting(
            about =
                "Collections of kept events a role may follow and read: exact names, or"
                    + " prefixes that end with `*`",
            def = "{\"*\":[\"*\"],\"visitor\":[]}")
        Map<String, List<String>> kept,
    @Setting(
            about = "API scopes of a role's tokens, for their own tenant",
            def =
                "{\"*\":[\"events:write\",\"presence:read\"],\"supervisor\":[\"events:write\","
                    + "\"presence:read\",\"inbox\",\"webhooks\",\"stats\"],\"admin\":"
                    + "[\"events:write\",\"presence:read\",\"presence:write\",\"inbox\","
                    + "\"webhooks\",\"stats\",\"admin\"],\"visitor\":[]}")
        Map<String, List<String>> scopes) {
  /** Role of the anonymous visitors of a web chat. */
  public static final String VISITOR = "visitor";

  public RolesConfig {
    see = withVisitor(see, List.of("chat.*"));
    publish = withVisitor(publish, List.of("chat.message", "chat.typing"));
    topics = withVisitor(topics, List.of());
    kept = withVisitor(kept, List.of());
    scopes = withVisitor(scopes, List.of());
  }

  private static Map<String, List<String>> withVisitor(
      Map<String, List<String>> given, List<String> otherwise) {
    Map<String, List<String>> whole = new HashMap<>(given);
    whole.putIfAbsent(VISITOR, otherwise);
    return Map.copyOf(whole);
  }
}
