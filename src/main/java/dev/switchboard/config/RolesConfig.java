package dev.switchboard.config;

import java.util.List;
import java.util.Map;

/**
 * What each role may do. Changes of presence are for those who supervise: told to everybody, a
 * shift that signs in would cost the square of its size. A role that a map does not name gets what
 * its entry {@code *} grants; a pattern after {@code !} takes away what others grant.
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
  public RolesConfig {
    see = Map.copyOf(see);
    publish = Map.copyOf(publish);
    topics = Map.copyOf(topics);
    scopes = Map.copyOf(scopes);
  }
}
