package dev.switchboard.api.http;

import io.vertx.core.MultiMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The request header fields that have one value. A request that repeats one is refused: to take the
 * first and drop the others would answer another question than was asked.
 */
final class SingleFields {
  private static final List<String> FIELDS =
      List.of("Authorization", "Content-Type", "Origin", "Last-Event-ID", "Idempotency-Key");

  private static final String CLOUD_EVENT = "ce-specversion";
  private static final List<String> CLOUD_EVENT_FIELDS =
      List.of(
          CLOUD_EVENT,
          "ce-id",
          "ce-source",
          "ce-type",
          "ce-time",
          "ce-subject",
          "ce-tenantid",
          "ce-topic",
          "ce-sessionid",
          "ce-offline",
          "ce-dataschema");

  private SingleFields() {}

  /** Returns what is wrong; null if no field is repeated. */
  static @Nullable String fault(MultiMap headers) {
    String repeated = repeated(headers, FIELDS);
    if (repeated == null && headers.contains(CLOUD_EVENT)) {
      repeated = repeated(headers, CLOUD_EVENT_FIELDS);
    }
    return repeated == null ? null : "send the header " + repeated + " once";
  }

  private static @Nullable String repeated(MultiMap headers, List<String> fields) {
    for (String field : fields) {
      if (headers.contains(field) && headers.getAll(field).size() > 1) {
        return field;
      }
    }
    return null;
  }
}
