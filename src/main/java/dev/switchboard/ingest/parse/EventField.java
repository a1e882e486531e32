package dev.switchboard.ingest.parse;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields of an event, with their names in the plain form and as CloudEvents attributes. */
enum EventField {
  TENANT("tenant_id", "tenantid"),
  TYPE("type", "type"),
  PAYLOAD("payload", "data"),
  USER("user_id", "subject"),
  TOPIC("topic", "topic"),
  CHAT_SESSION("session_id", "sessionid"),
  ID("event_id", "id"),
  OFFLINE("offline", "offline"),
  KEEP("keep", "keep"),
  KEEP_FOR("keep_for", "keepfor"),
  FORGET("forget", "forget"),
  AS_OF("as_of", "asof");

  private static final Map<String, EventField> PLAIN = by(EventField::plainName);
  private static final Map<String, EventField> ATTRIBUTES = by(EventField::attribute);

  private final String plainName;
  private final String attribute;

  EventField(String plainName, String attribute) {
    this.plainName = plainName;
    this.attribute = attribute;
  }

  String plainName() {
    return plainName;
  }

  String attribute() {
    return attribute;
  }

  static @Nullable EventField ofPlainName(String name) {
    return PLAIN.get(name);
  }

  static @Nullable EventField ofAttribute(String name) {
    return ATTRIBUTES.get(name);
  }

  /** Lists the names of the plain form, for error messages. */
  static String plainNames() {
    return Arrays.stream(values()).map(EventField::plainName).collect(Collectors.joining(", "));
  }

  private static Map<String, EventField> by(Function<EventField, String> name) {
    return Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(name, field -> field));
  }
}
