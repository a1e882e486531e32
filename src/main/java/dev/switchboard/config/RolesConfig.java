package dev.switchboard.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What each role may do. Changes of presence are for those who supervise: told to everybody, a
 * shift that signs in would cost the square of its size. A role that a map does not name gets what
 * its entry {@code *} grants; a pattern after {@code !} takes away what others grant. Visitors are
 * strangers: a map that does not name them leaves them what they have by default.
 */
public record RolesConfig(
    @Setting(
            about =
                "Event patterns a role may see, live and in replay; presence told to everybody would"
                    + " cost the square of a shift that signs in",
            def =
                "{\"*\":[\"*\",\"!webhook.*\",\"!presence.*\"],"
                    + "\"supervisor\":[\"*\",\"!webhook.*\"],"
                    + "\"admin\":[\"*\"],\"service\":[\"*\"],\"visitor\":[\"chat.*\"]}")
        Map<String, List<String>> see,
    @Setting(
            about = "Event patterns a role may publish, over a socket or with its token",
            def =
                "{\"*\":[\"chat.message\",\"chat.typing\"],"
                    + "\"supervisor\":[\"*\"],\"admin\":[\"*\"],\"service\":[\"*\"],"
                    + "\"visitor\":[\"chat.message\",\"chat.typing\"]}")
        Map<String, List<String>> publish,
    @Setting(
            about = "Topics a role may follow and publish to: exact, or a beginning before `*`",
            def = "{\"*\":[\"*\"],\"visitor\":[]}")
        Map<String, List<String>> topics,
    @Setting(
            about = "Scopes of the API that a role's token has, for its own tenant",
            def =
                "{\"*\":[\"events:write\",\"presence:read\"],\"supervisor\":[\"events:write\","
                    + "\"presence:read\",\"inbox\",\"webhooks\",\"stats\"],\"admin\":"
                    + "[\"events:write\",\"presence:read\",\"presence:write\",\"inbox\","
                    + "\"webhooks\",\"stats\",\"admin\"],\"visitor\":[]}")
        Map<String, List<String>> scopes) {
  /** The role of anonymous visitors of a web chat. */
  public static final String VISITOR = "visitor";

  public RolesConfig {
    see = withVisitor(see, List.of("chat.*"));
    publish = withVisitor(publish, List.of("chat.message", "chat.typing"));
    topics = withVisitor(topics, List.of());
    scopes = withVisitor(scopes, List.of());
  }

  private static Map<String, List<String>> withVisitor(
      Map<String, List<String>> given, List<String> otherwise) {
    Map<String, List<String>> whole = new HashMap<>(given);
    whole.putIfAbsent(VISITOR, otherwise);
    return Map.copyOf(whole);
  }
}
