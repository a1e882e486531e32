package dev.switchboard.ingest;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an event is made of, with its names in the plain form and among CloudEvents attributes. */
enum Member {
  TENANT("tenant_id", "tenantid"),
  TYPE("type", "type"),
  PAYLOAD("payload", "data"),
  USER("user_id", "subject"),
  TOPIC("topic", "topic"),
  CHAT_SESSION("session_id", "sessionid"),
  ID("event_id", "id"),
  OFFLINE("offline", "offline");

  private static final Map<String, Member> PLAIN = by(Member::plainName);
  private static final Map<String, Member> ATTRIBUTES = by(Member::attribute);

  private final String plainName;
  private final String attribute;

  Member(String plainName, String attribute) {
    this.plainName = plainName;
    this.attribute = attribute;
  }

  String plainName() {
    return plainName;
  }

  String attribute() {
    return attribute;
  }

  static @Nullable Member ofPlainName(String name) {
    return PLAIN.get(name);
  }

  static @Nullable Member ofAttribute(String name) {
    return ATTRIBUTES.get(name);
  }

  /** The names of the plain form, for whoever used another. */
  static String plainNames() {
    return Arrays.stream(values()).map(Member::plainName).collect(Collectors.joining(", "));
  }

  private static Map<String, Member> by(Function<Member, String> name) {
    return Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(name, member -> member));
  }
}
