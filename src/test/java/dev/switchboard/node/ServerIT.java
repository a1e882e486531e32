package dev.switchboard.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.OperatorException;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The lifecycle of one node: created, started once, stopped. */
class ServerIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static SwitchboardConfig config(JsonObject json) {
    return ConfigLoader.bind("test", json, name -> null);
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static int readyStatus(Server server) {
    return TestNode.manage(server.managementPort(), "/health/ready").statusCode();
  }

  @Test
  void secondStartIsRefusedAndTheNodeKeepsRunning() {
    Server server = new Server(config(TestNode.config(stores)));
    await(server.start());

    assertThatThrownBy(() -> await(server.start()))
        .hasRootCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("can be started once");
    assertThat(readyStatus(server)).isEqualTo(200);

    await(server.stop());
  }

  @Test
  void stopMayBeCalledAgainAndBeforeTheStart() {
    Server server = new Server(config(TestNode.config(stores)));

    await(server.stop());
    await(server.stop());

    assertThatThrownBy(() -> await(server.start()))
        .hasRootCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void startOnATakenPortFailsWithTheSettingAndLeavesNothingRunning() {
    Server holder = new Server(config(TestNode.config(stores)));
    await(holder.start());
    JsonObject json = TestNode.config(stores);
    json.getJsonObject("management").put("port", holder.managementPort());
    Server refused = new Server(config(json));

    assertThatThrownBy(() -> await(refused.start()))
        .hasCauseInstanceOf(OperatorException.class)
        .hasMessageContaining("management.port " + holder.managementPort());

    await(refused.stop());
    await(holder.stop());
  }
}
