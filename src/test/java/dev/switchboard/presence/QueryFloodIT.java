package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One tenant asks how a thousand users stand, again and again. */
class QueryFloodIT {
  @RegisterExtension static final Stores STORES = new Stores();
  private static final int QUESTIONS = 90;

  /** A machine that stalls after a flood answers all of it, so one round proves little. */
  private static final int ROUNDS = 3;

  private static JsonObject config() {
    JsonObject sessions =
        new JsonObject()
            .put("inboundPerSecond", 1_000)
            .put("queueBytes", "64MiB")
            .put("queueMessages", 10_000);
    return TestNode.config(STORES).put("sessions", sessions);
  }

  private static WsClient supervisor(TestNode node, String tenant) {
    String token = TestTokens.user(tenant, "watcher", "supervisor");
    return WsClient.signIn(node, "/ws?events=nothing", token);
  }

  private static JsonObject users(int count) {
    JsonArray ids = new JsonArray();
    IntStream.range(0, count).forEach(user -> ids.add("user-" + user));
    return new JsonObject().put("users", ids);
  }

  /** Event loops take connections in turn: one of these shares its loop with the flood. */
  private static List<WsClient> onEveryLoop(TestNode node, String tenant) {
    return IntStream.range(0, Runtime.getRuntime().availableProcessors())
        .mapToObj(number -> supervisor(node, tenant))
        .toList();
  }

  private static int standings(JsonObject subscribed) {
    return subscribed.getJsonArray("presence").size();
  }

  /** How much of a flood is answered when the others have their answers. */
  private static int answeredBefore(WsClient flood, List<WsClient> others) {
    JsonObject many = users(1_000);
    for (int i = 0; i < QUESTIONS; i++) {
      flood.send("subscribe", many);
    }
    flood.ping(); // all of it has come
    others.forEach(other -> assertThat(standings(other.subscribe(users(1)))).isEqualTo(1));
    int answered = flood.unread();
    for (int i = 0; i < QUESTIONS; i++) {
      assertThat(standings(flood.next("subscribed").getJsonObject("payload"))).isEqualTo(1_000);
    }
    return answered;
  }

  @Test
  void otherTenantIsAnsweredBetweenTheQueriesOfAFlood() {
    try (TestNode node = TestNode.start(config());
        WsClient flood = supervisor(node, "flood")) {
      List<WsClient> others = onEveryLoop(node, "other");
      List<Integer> answered =
          IntStream.range(0, ROUNDS).mapToObj(round -> answeredBefore(flood, others)).toList();
      assertThat(answered).anyMatch(one -> one < QUESTIONS);
      others.forEach(WsClient::close);
    }
  }
}
