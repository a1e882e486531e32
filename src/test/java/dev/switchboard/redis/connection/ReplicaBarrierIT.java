package dev.switchboard.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A missing replica delays answers and nothing else. */
class ReplicaBarrierIT {
  private static final int AT_ONCE = 30;

  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("redis").put("waitReplicas", 1).put("timeout", "3s");
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void manyEventsAtOnceAreAcceptedWithoutTheReplica() throws Exception {
    WsClient client = WsClient.signIn(node, TestTokens.user("few", "1"));
    ExecutorService producers = Executors.newFixedThreadPool(AT_ONCE);
    List<CompletableFuture<JsonObject>> answers = new ArrayList<>();
    for (int round = 0; round < 2 * AT_ONCE; round++) {
      answers.add(CompletableFuture.supplyAsync(ReplicaBarrierIT::publish, producers));
    }
    List<String> accepted = new ArrayList<>();
    for (CompletableFuture<JsonObject> answer : answers) {
      accepted.add(answer.get(30, TimeUnit.SECONDS).getString("id"));
    }
    List<String> received = new ArrayList<>();
    for (int i = 0; i < accepted.size(); i++) {
      received.add(client.next().getString("id"));
    }
    assertThat(received).containsExactlyInAnyOrderElementsOf(accepted);
    producers.shutdown();
  }

  private static JsonObject publish() {
    return node.publish(
        new JsonObject().put("tenant_id", "few").put("type", "alert").put("payload", "x"));
  }
}
