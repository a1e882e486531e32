package dev.switchboard.ingest.parse;

import com.fasterxml.jackson.core.JsonParser;
import dev.switchboard.auth.Principal;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

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
   * Parses the event in a message from a socket. The person is its sender; a visitor's event is of
   * the visitor's chat, and every event id gets the prefix of the person, so that no client can
   * take an id that another one uses.
   *
   * @throws InvalidEventsException if it is not JSON, or with all invalid fields
   */
  public EventDraft fromSocket(String message, Principal.Participant person) {
    FieldErrors fieldErrors = new FieldErrors();
    EventBuilder builder = new EventBuilder(rules, fieldErrors, "", EventField::plainName);
    builder.tenant(person.tenant());
    builder.sender(person.sender());
    builder.idNamespace(IdNamespace.of(person));
    if (person instanceof Principal.Visitor visitor) {
      builder.chatSession(visitor.chatSession());
    }
    Optional<EventDraft> event =
        read(
            message.getBytes(StandardCharsets.UTF_8),
            builder,
            (name, unfinished) -> acceptsFrom(person, name, unfinished),
            fieldErrors);
    return complete(event, fieldErrors, "the event is invalid");
  }

  private static boolean acceptsFrom(
      Principal.Participant person, String name, EventBuilder builder) {
    if (SET_BY_SESSION.contains(name)) {
      return false;
    }
    if (!(person instanceof Principal.Visitor)) {
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
