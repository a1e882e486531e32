package dev.switchboard.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.api.http.ProblemException;
import dev.switchboard.config.SchemasConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.ingest.parse.CloudEventReader;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.ingest.parse.EventReader;
import dev.switchboard.ingest.parse.EventRules;
import dev.switchboard.ingest.parse.InvalidEventsException;
import dev.switchboard.ingest.parse.PayloadCheck;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.MultiMap;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/**
 * CloudEvents in all modes: the first part of an input is the header fields, one a line, the second
 * the body. A body in structured mode is the same event in a batch.
 */
class CloudEventFuzzTest extends FuzzTarget {
  private static final TenantId TENANT = new TenantId("tenant-123");

  private final CloudEvents cloudEvents =
      new CloudEvents(
          new CloudEventReader(
              new EventRules(
                  "callcenter",
                  2_000,
                  5,
                  new PayloadCheck(
                      new SchemasConfig(SchemasConfig.Mode.off, Map.of()),
                      new SimpleMeterRegistry()),
                  Clock.fixed(Instant.parse("2026-11-29T12:00:00Z"), ZoneOffset.UTC))));

  @Override
  protected void check(byte[] input) {
    List<String> parts = parts(input, 2);
    MultiMap headers = headers(parts.get(0));
    EventReader.Body body;
    try {
      body = cloudEvents.read(headers, parts.get(1).getBytes(UTF_8), TENANT);
    } catch (InvalidEventsException | ProblemException refused) {
      assertThat(refused).message().isNotEmpty();
      return;
    }
    for (EventDraft event : body.events()) {
      assertThat(event.id()).asString().startsWith("ce-");
      assertThat(event.sender()).isNull();
    }
    if (!body.array()) {
      assertThat(body.events()).hasSize(1);
    }
    if (!body.array() && !headers.contains("ce-specversion")) {
      assertThat(inBatch(parts.get(1))).isEqualTo(body.events());
    }
  }

  private List<EventDraft> inBatch(String event) {
    MultiMap headers = headers("Content-Type: application/cloudevents-batch+json");
    return cloudEvents.read(headers, ("[" + event + "]").getBytes(UTF_8), TENANT).events();
  }

  private static MultiMap headers(String lines) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    lines
        .lines()
        .filter(line -> line.indexOf(':') > 0)
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              headers.add(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
            });
    return headers;
  }
}
