package dev.switchboard.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.fuzz.AnsweringRedis;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.LimitReachedException;
import dev.switchboard.redis.TenantLimits;
import dev.switchboard.redis.TenantShare;
import dev.switchboard.sealing.PayloadSeal;
import dev.switchboard.support.TestLimits;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * Answers of the scripts of inboxes, also with messages that other programs pushed, and of HSCAN
 * over the sizes of inboxes. Reading ends, whatever the answers are; a malformed one fails the
 * call.
 */
class InboxReplyFuzzTest extends FuzzTarget {
  private static final SwitchboardConfig CONFIG = ConfigLoader.defaults(name -> null);
  private static final TenantLimits LIMITS = TestLimits.ofDefaults();
  private static final MeterRegistry METRICS = new SimpleMeterRegistry();
  private static final PayloadSeal SEAL = new PayloadSeal(CONFIG.encryption(), METRICS);
  private static final TenantId TENANT = new TenantId("tenant-123");
  private static final UserId USER = new UserId("456");
  private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
  private static final List<InboxRoom> ROOM =
      List.of(new InboxRoom(USER, 100), new InboxRoom(new UserId("457"), 100));

  @Override
  protected void check(byte[] input) {
    List<InboxMessage> messages = AnsweringRedis.result(inbox(input).read(TENANT, USER, 0));
    if (messages != null) {
      assertThat(messages).doesNotContainNull().hasSizeLessThanOrEqualTo(input.length);
    }
    InboxStore.Appended appended =
        AnsweringRedis.result(
            inbox(input).append(TENANT, USER, new EventId("e"), new byte[] {'"', '}'}));
    if (appended != null) {
      assertThat(appended.position()).isNotNull();
    }
    Object unused = AnsweringRedis.result(inbox(input).find(TENANT, USER, new EventId("e")));
    Object removed = AnsweringRedis.result(inbox(input).clear(TENANT, USER));
    assertThat(removed == null || removed instanceof Long).isTrue();
    List<Optional<LimitReachedException>> refusals =
        AnsweringRedis.result(inbox(input).reserve(TENANT, TenantShare.UNLIMITED, ROOM));
    if (refusals != null) {
      assertThat(refusals).doesNotContainNull();
    }
  }

  private static InboxStore inbox(byte[] input) {
    return new InboxStore(
        new AnsweringRedis(input),
        new Keys("callcenter"),
        new InboxStore.Bounds(CONFIG.inbox(), LIMITS),
        new InboxStore.MessageFormat(SEAL, CLOCK),
        METRICS);
  }
}
