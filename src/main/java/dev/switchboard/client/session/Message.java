package dev.switchboard.client.session;

import dev.switchboard.client.model.Event;
import dev.switchboard.client.model.SwitchboardException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message of the protocol, as opposed to an event. */
record Message(Map<String, @Nullable Object> members) {

  String type() {
    return String.valueOf(members.get("type"));
  }

  @Nullable Object ref() {
    return members.get("ref");
  }

  @SuppressWarnings("unchecked") // Json makes nothing else of an object.
  Map<String, @Nullable Object> payload() {
    return members.get("payload") instanceof Map<?, ?> payload
        ? (Map<String, @Nullable Object>) payload
        : Map.of();
  }

  @Nullable String text(String name) {
    return payload().get(name) instanceof String text ? text : null;
  }

  List<String> texts(String name) {
    return payload().get(name) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  long number(String name) {
    return payload().get(name) instanceof Number number ? number.longValue() : 0;
  }

  @Nullable Boolean flag(String name) {
    return payload().get(name) instanceof Boolean flag ? flag : null;
  }

  @Nullable Instant time(String name) {
    String text = text(name);
    return text == null ? null : Instant.parse(text);
  }

  @SuppressWarnings("unchecked") // Json makes nothing else of an object.
  List<Event> events(String name) {
    return payload().get(name) instanceof List<?> list
        ? list.stream().map(one -> new Event((Map<String, @Nullable Object>) one)).toList()
        : List.of();
  }

  SwitchboardException refusal() {
    return new SwitchboardException(
        String.valueOf(text("code")),
        String.valueOf(text("message")),
        SwitchboardException.Outcome.REJECTED);
  }
}
