package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.EventId;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.fuzz.AnsweringRedis;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.redis.EventLog.Allowance;
import dev.switchboard.redis.EventLog.IdMemory;
import dev.switchboard.redis.EventLog.Outcome;
import dev.switchboard.sealing.PayloadSeal;
import dev.switchboard.support.TestLimits;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Answers of the scripts of the logs. A page has events of its epoch only, each as its envelope
 * says, and those behind a position follow it without a hole; a malformed answer fails the call.
 */
class LogReplyFuzzTest extends FuzzTarget {
  private static final SwitchboardConfig CONFIG = ConfigLoader.defaults(name -> null);
  private static final TenantLimits LIMITS = TestLimits.ofDefaults();
  private static final MeterRegistry METRICS = new SimpleMeterRegistry();
  private static final PayloadSeal SEAL = new PayloadSeal(CONFIG.encryption(), METRICS);
  private static final LogId LOG = LogId.ofTenant(new TenantId("tenant-123"));
  private static final EventLog.Publication PUBLICATION =
      new EventLog.Publication(
          LOG,
          "callcenter:events",
          new EventId("e"),
          "\"event_id\":\"e\"}".getBytes(StandardCharsets.US_ASCII),
          IdMemory.MINTED_NOW,
          "0 callcenter:events");

  @Override
  protected void check(byte[] input) {
    LogPage page = AnsweringRedis.result(log(input).read(LOG, null, 100));
    if (page != null) {
      checkPage(page);
    }
    Outcome outcome =
        AnsweringRedis.result(log(input).publish(PUBLICATION, Allowance.UNLIMITED, 1_800_000));
    if (outcome instanceof Outcome.Published published) {
      LogPosition position = published.position();
      assertThat(LogPosition.parse(position.toString())).isEqualTo(position);
    }
  }

  private static EventLog log(byte[] input) {
    return new EventLog(
        new AnsweringRedis(input),
        new Keys("callcenter"),
        new EventLog.Bounds(CONFIG.logs(), LIMITS),
        SEAL);
  }

  private static void checkPage(LogPage page) {
    for (LogEvent event : page.events()) {
      assertThat(event.position().sameEpoch(page.top())).isTrue();
      assertThat(EnvelopeHead.scan(event.envelope())).isEqualTo(event.head());
    }
    List<LogEvent> following = page.after(new LogPosition(page.top().epoch(), 0));
    if (following != null) {
      for (int i = 0; i < following.size(); i++) {
        assertThat(following.get(i).position().offset()).isEqualTo(i + 1);
      }
    }
  }
}
