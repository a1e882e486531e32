package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.switchboard.bus.ControlCommand;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of control commands on the channel, and messages that are not control commands. */
class ControlChannelTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final UserId USER = new UserId("u");
  private static final Instant AT = Instant.ofEpochMilli(5);

  static List<Arguments> commands() {
    return List.of(
        arguments(
            "{\"kind\":\"disconnect\",\"tenant_id\":\"t\",\"user_id\":\"u\",\"at\":5}",
            new ControlCommand.Disconnect(TENANT, USER, AT)),
        arguments(
            "{\"kind\":\"read_inbox\",\"tenant_id\":\"t\",\"user_id\":\"u\",\"at\":5}",
            new ControlCommand.ReadInbox(TENANT, USER, AT)),
        arguments(
            "{\"kind\":\"revoke_user\",\"tenant_id\":\"t\",\"user_id\":\"u\",\"at\":5}",
            new ControlCommand.RevokeUser(TENANT, USER, AT)),
        arguments(
            "{\"kind\":\"revoke_token\",\"tenant_id\":\"t\",\"jti\":\"j\",\"at\":5}",
            new ControlCommand.RevokeToken(TENANT, "j", AT)),
        arguments(
            "{\"kind\":\"revoke_token\",\"tenant_id\":\"all\",\"jti\":\"j\",\"at\":5}",
            new ControlCommand.RevokeToken(new TenantId("all"), "j", AT)),
        arguments(
            "{\"kind\":\"revoke_token\",\"tenant_id\":\"all\",\"jti\":\"* j\",\"at\":5}",
            new ControlCommand.RevokeTokenOfAllTenants("j", AT)));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void commandIsRead(String message, ControlCommand command) {
    assertThat(parse(message)).isEqualTo(command);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"kind\":\"cancelled\",\"tenant_id\":\"t\",\"webhook_id\":1}",
        "{\"kind\":\"disconnect\",\"tenant_id\":\"t\",\"at\":5}",
        "{\"kind\":\"revoke_user\",\"user_id\":\"u\",\"at\":5}",
        "{\"kind\":\"revoke_token\",\"tenant_id\":\"t\",\"at\":5}",
        "{\"kind\":\"disconnect\",\"tenant_id\":\"t\",\"user_id\":\"\",\"at\":5}",
        "{\"kind\":null,\"tenant_id\":\"t\",\"user_id\":\"u\",\"at\":5}",
        "{\"kind\":\"disconnect\",\"tenant_id\":null,\"user_id\":\"u\",\"at\":5}",
        "{\"kind\":\"end_session\",\"tenant_id\":\"t\",\"user_id\":null,\"at\":null}"
      })
  void otherMessageIsNotACommand(String message) {
    assertThat(parse(message)).isNull();
  }

  private static @Nullable ControlCommand parse(String message) {
    return ControlChannel.parse(message.getBytes(StandardCharsets.UTF_8));
  }
}
