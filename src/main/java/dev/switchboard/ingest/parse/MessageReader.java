package dev.switchboard.ingest.parse;

import com.fasterxml.jackson.core.JsonParser;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses one event of which some fields are known already: a message from a socket, whose sender
 * signed in, or a message for the inbox that the path names. Known fields can't be overridden.
 * Usable from every thread.
 */
public final class MessageReader {
  private static final Set<String> SET_BY_SESSION = Set.of("ref", "tenant_id");
  private static final Set<String> SET_BY_PATH = Set.of("tenant_id", "user_id", "topic", "offline");
  private static final Set<String> NOT_FOR_VISITORS = Set.of("user_id", "topic", "offline");

  private final EventRules rules;

  public MessageReader(EventRules rules) {
    this.rules = rules;
  }

  /**
   * The sender of an event over a socket.
   *
   * @param chatSession the only chat a visitor may write to; null for a user
   * @param idNamespace prefix for the message's event id, so that no sender can take an id that
   *     another one uses
   */
  public record Sender(TenantId tenant, @Nullable ChatSessionId chatSession, String idNamespace) {
    boolean isVisitor() {
      return chatSession != null;
    }
  }

  /**
   * Parses the event in a message from a socket.
   *
   * @throws InvalidEventsException if it is not JSON, or with all invalid fields
   */
  public EventDraft fromSocket(String message, Sender sender) {
    FieldErrors fieldErrors = new FieldErrors();
    EventBuilder builder = new EventBuilder(rules, fieldErrors, "", EventField::plainName);
    builder.tenant(sender.tenant());
    builder.chatSession(sender.chatSession());
    builder.idNamespace(sender.idNamespace());
    Optional<EventDraft> event =
        read(
            message.getBytes(StandardCharsets.UTF_8),
            builder,
            (name, unfinished) -> acceptsFrom(sender, name, unfinished),
            fieldErrors);
    return complete(event, fieldErrors, "the event is invalid");
  }

  private static boolean acceptsFrom(Sender sender, String name, EventBuilder builder) {
    if (SET_BY_SESSION.contains(name)) {
      return false;
    }
    if (!sender.isVisitor()) {
      return true;
    }
    if (NOT_FOR_VISITORS.contains(name)) {
      builder.addError(name, "may not be set by a visitor; leave it out");
      return false;
    }
    return !name.equals("session_id");
  }

  /**
   * Parses a body that holds one message for a user's inbox.
   *
   * @throws InvalidEventsException if it is not JSON, or with all invalid fields
   */
  public EventDraft forUser(byte[] body, TenantId tenant, UserId user) {
    FieldErrors fieldErrors = new FieldErrors();
    EventBuilder builder = new EventBuilder(rules, fieldErrors, "", EventField::plainName);
    builder.tenant(tenant);
    builder.user(user);
    Optional<EventDraft> event = read(body, builder, MessageReader::acceptsInBody, fieldErrors);
    return complete(event, fieldErrors, "nothing was stored; fix the fields listed in errors");
  }

  private static boolean acceptsInBody(String name, EventBuilder builder) {
    boolean accepted = !SET_BY_PATH.contains(name);
    if (!accepted) {
      builder.addError(name, "is set by the path; leave it out");
    }
    return accepted;
  }

  private static Optional<EventDraft> read(
      byte[] json, EventBuilder builder, PlainEvent.Filter filter, FieldErrors fieldErrors) {
    return JsonInput.read(json, parser -> readOne(parser, builder, filter, fieldErrors));
  }

  private static Optional<EventDraft> readOne(
      JsonParser parser, EventBuilder builder, PlainEvent.Filter filter, FieldErrors fieldErrors)
      throws IOException {
    if (parser.nextToken() == null) {
      throw InvalidEventsException.malformed("the body is empty; send {\"type\", \"payload\"}");
    }
    return PlainEvent.isObject(parser, fieldErrors, "")
        ? Optional.ofNullable(PlainEvent.read(parser, builder, filter))
        : Optional.empty();
  }

  private static EventDraft complete(
      Optional<EventDraft> event, FieldErrors fieldErrors, String message) {
    fieldErrors.throwIfAny(message);
    return event.orElseThrow();
  }
}
