package dev.switchboard.auth.widgets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.AnsweredRow;
import dev.switchboard.fuzz.FuzzTarget;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;

/**
 * Rows of {@code widget_keys} as plain SQL can write them: tenant, name and two origins are the
 * parts of an input. A malformed row is left out, and the sound one behind it is read.
 */
class WidgetRowFuzzTest extends FuzzTarget {
  private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-11-29T12:00:00Z");

  @Override
  protected void check(byte[] input) {
    List<String> parts = parts(input, 4);
    List<Row> rows =
        List.of(
            row("foreign", parts),
            row("sound", List.of("tenant-123", "page", "https://shop.example", "*")));

    Map<String, WidgetKeyStore.WidgetKey> widgets = WidgetKeyStore.byKey(rows);

    assertThat(widgets).containsKey("sound");
    WidgetKeyStore.WidgetKey foreign = widgets.get("foreign");
    if (foreign != null) {
      assertThat(foreign.origins().allowAll()).isEqualTo(parts.subList(2, 4).contains("*"));
      assertThat(foreign.origins().allow(parts.get(2))).isTrue();
    }
  }

  private static Row row(String key, List<String> parts) {
    return AnsweredRow.of(
        Map.of(
            "id",
            1L,
            "widget_key",
            key,
            "tenant_id",
            parts.get(0),
            "name",
            parts.get(1),
            "origins",
            new String[] {parts.get(2), parts.get(3)},
            "created_at",
            TIME));
  }
}
