package dev.switchboard.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.AnsweredRow;
import dev.switchboard.fuzz.FuzzTarget;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code api_keys} as plain SQL can write them: tenant, name, a scope, another one, and a
 * range of addresses are the parts of an input. A malformed row is left out, and the sound one
 * behind it is read.
 */
class KeyRowFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    List<Row> rows =
        List.of(
            row("foreign", parts(input, 5)),
            row("sound", List.of("tenant-123", "crm", "admin", "admin", "10.0.0.0/8")));

    Map<String, ApiKeyStore.Entry> keys = ApiKeyStore.byHash(rows);

    assertThat(keys).containsKey(HexFormat.of().formatHex("sound".getBytes(UTF_8)));
    assertThat(keys.values()).noneMatch(key -> key.mayCallFrom(() -> null));
  }

  private static Row row(String key, List<String> parts) {
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("id", 1L);
    values.put("key_hash", Buffer.buffer(key));
    values.put("tenant_id", parts.get(0).isEmpty() ? null : parts.get(0));
    values.put("name", parts.get(1));
    values.put("scopes", new String[] {parts.get(2), parts.get(3)});
    values.put("source_cidrs", new String[] {parts.get(4)});
    return AnsweredRow.of(values);
  }
}
