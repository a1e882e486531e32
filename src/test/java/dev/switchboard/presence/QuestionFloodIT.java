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
class QuestionFloodIT {
  @RegisterExtension static final Stores STORES = new Stores();
  private static final int QUESTIONS = 90;

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

  @Test
  void anotherTenantIsAnsweredBetweenTheQuestionsOfAFlood() {
    // Given
    try (TestNode node = TestNode.start(config());
        WsClient flood = supervisor(node, "flood")) {
      List<WsClient> others = onEveryLoop(node, "other");
      JsonObject many = users(1_000);
      // When
      for (int i = 0; i < QUESTIONS; i++) {
        flood.send("subscribe", many);
      }
      flood.ping(); // all of it has come
      List<Integer> answers =
          others.stream().map(other -> standings(other.subscribe(users(1)))).toList();
      int answered = flood.unread();
      // Then
      assertThat(answers).containsOnly(1);
      assertThat(answered).isLessThan(QUESTIONS);
      for (int i = 0; i < QUESTIONS; i++) {
        assertThat(standings(flood.next("subscribed").getJsonObject("payload"))).isEqualTo(1_000);
      }
      others.forEach(WsClient::close);
    }
  }
}
