package dev.switchboard.cluster;

import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/** Who is online in a tenant according to Redis and the API. */
record PresenceView(TestRedis redis, TestNode node, String tenant) {

  /** Members of the set of users online. */
  Set<String> members() {
    return words(redis.cli("SMEMBERS", "callcenter:online:" + tenant));
  }

  /** Users with a key of their last heartbeat. */
  Set<String> alive() {
    String start = "callcenter:presence:" + tenant + ":";
    Set<String> users = new TreeSet<>();
    for (String key : words(redis.cli("KEYS", start + "*"))) {
      users.add(key.substring(start.length()));
    }
    return users;
  }

  /** Users that the API lists as online. */
  Set<String> listed() {
    String path = "/api/v1/tenants/" + tenant + "/presence";
    JsonArray users = ask(path).getJsonArray("users", new JsonArray());
    Set<String> listed = new TreeSet<>();
    users.forEach(user -> listed.add(user.toString()));
    return listed;
  }

  long connections(String user) {
    return ask("/api/v1/tenants/" + tenant + "/presence/" + user).getLong("connections", -1L);
  }

  private JsonObject ask(String path) {
    return new JsonObject(node.get(path, TestTokens.service()).body());
  }

  private static Set<String> words(String reply) {
    String inner = reply.substring(1, reply.length() - 1);
    Set<String> words = new TreeSet<>();
    Arrays.stream(inner.split(", ")).filter(word -> !word.isEmpty()).forEach(words::add);
    return words;
  }

  /** Waits until Redis, the API and the stream of changes agree that these users are online. */
  void awaitAgreement(PresenceStream stream, Set<String> expected) {
    Set<String> all = new TreeSet<>(expected);
    all.add("watcher");
    try {
      Waiting.until(
          "everything agrees on who is online",
          () ->
              members().equals(all)
                  && alive().equals(all)
                  && listed().equals(all)
                  && stream.online().equals(all));
    } catch (AssertionError e) {
      StringBuilder words = new StringBuilder(e.getMessage());
      words.append(differing("; set", members(), all)).append(differing("; alive", alive(), all));
      words.append(differing("; listed", listed(), all));
      String streamed = differing("; stream", stream.online(), all);
      throw new AssertionError(words + streamed + "; changes " + stream.ofThoseNot(all), e);
    }
  }

  private static String differing(String what, Set<String> seen, Set<String> expected) {
    Set<String> missing = new TreeSet<>(expected);
    missing.removeAll(seen);
    Set<String> surplus = new TreeSet<>(seen);
    surplus.removeAll(expected);
    return what + " lacks " + missing + " has in addition " + surplus;
  }
}
