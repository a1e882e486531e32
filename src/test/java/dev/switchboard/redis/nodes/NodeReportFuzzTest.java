package dev.switchboard.redis.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.TenantId;
import dev.switchboard.fuzz.AnsweringRedis;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.NodeCounts;
import dev.switchboard.redis.NodeSettings;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What nodes report of themselves in Redis. A report that is not an object is left out, and the
 * others are read; a malformed answer fails the call.
 */
class NodeReportFuzzTest extends FuzzTarget {
  private static final Keys KEYS = new Keys("callcenter");

  @Override
  protected void check(byte[] input) {
    List<NodeReports.Report> reports =
        AnsweringRedis.result(new NodeReports(new AnsweringRedis(input), KEYS).all());
    if (reports != null) {
      assertThat(reports).allMatch(report -> report.age() != null && report.content() != null);
    }
    Map<String, JsonObject> settings =
        AnsweringRedis.result(new NodeSettings(new AnsweringRedis(input), KEYS).ofOthers("node-1"));
    if (settings != null) {
      assertThat(settings.values()).allMatch(Objects::nonNull);
      assertThat(settings).doesNotContainKey("node-1");
    }
    Object sessions =
        AnsweringRedis.result(
            new NodeCounts(new AnsweringRedis(input), KEYS)
                .ofOthers("node-1", new TenantId("tenant-123")));
    Object present =
        AnsweringRedis.result(new NodeCounts(new AnsweringRedis(input), KEYS).present());
    assertThat(sessions == null || present == null || !present.equals(sessions)).isTrue();
  }
}
