package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.HubBatch.AttemptItem;
import dev.switchboard.bus.inspection.NodeAnswer;
import dev.switchboard.event.TenantId;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.redis.nodes.NodeQuestions;
import java.util.Objects;

/**
 * Messages on the channels that nodes talk over, which every program with access to Redis can
 * publish on: each is read or ignored.
 */
class ControlMessageFuzzTest extends FuzzTarget {
  private static final TenantId TENANT = new TenantId("tenant-123");

  @Override
  protected void check(byte[] input) {
    boolean known =
        ControlChannel.parse(input) != null
            || WebhookSignals.parse(input) != null
            || NodeQuestions.parseQuestion(input) != null;
    NodeAnswer answer = NodeQuestions.parseAnswer(input);
    if (answer != null) {
      assertThat(answer.items()).allMatch(Objects::nonNull);
    }
    AttemptItem attempt = WebhookSignals.parseAttempt(TENANT, input);
    if (attempt != null) {
      assertThat(known).isFalse();
    }
  }
}
