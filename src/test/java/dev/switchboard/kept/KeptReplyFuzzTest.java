package dev.switchboard.kept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.KeptKey;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.fuzz.AnsweringRedis;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.TenantLimits;
import dev.switchboard.sealing.PayloadSeal;
import dev.switchboard.support.TestLimits;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Answers of the scripts of kept events, and values of their hash. What is read as an event is one
 * at its position; a malformed answer fails the call.
 */
class KeptReplyFuzzTest extends FuzzTarget {
  private static final SwitchboardConfig CONFIG = ConfigLoader.defaults(name -> null);
  private static final TenantLimits LIMITS = TestLimits.ofDefaults();
  private static final MeterRegistry METRICS = new SimpleMeterRegistry();
  private static final PayloadSeal SEAL = new PayloadSeal(CONFIG.encryption(), METRICS);
  private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_000L);
  private static final LogId LOG = LogId.ofTenant(new TenantId("tenant-123"));
  private static final KeptStart START =
      new KeptStart(new LogPosition("k3f9", 7), 9, NOW, NOW, 1, 1);

  @Override
  protected void check(byte[] input) {
    KeptStart start = AnsweringRedis.result(store(input).open(LOG));
    if (start != null) {
      assertThat(start.top()).isNotNull();
    }
    KeptPage page =
        AnsweringRedis.result(
            store(input).read(LOG, new KeptStore.Range(START, 0, List.of(), 10, 1_000)));
    if (page != null) {
      assertThat(page.unreadable()).isNotNegative();
      page.events().forEach(KeptReplyFuzzTest::checkEvent);
    }
    LogEvent found =
        AnsweringRedis.result(store(input).find(LOG, KeptKey.parse("queues/support"), NOW));
    if (found != null) {
      checkEvent(found);
    }
    Map<String, Long> counts = AnsweringRedis.result(store(input).collections(LOG));
    if (counts != null) {
      assertThat(counts.values()).allMatch(Objects::nonNull);
    }
  }

  private static KeptStore store(byte[] input) {
    return new KeptStore(new AnsweringRedis(input), new Keys("callcenter"), LIMITS, SEAL, METRICS);
  }

  private static void checkEvent(LogEvent event) {
    assertThat(EnvelopeHead.scan(event.envelope())).isEqualTo(event.head());
    assertThat(event.head().position()).isEqualTo(event.position());
  }
}
