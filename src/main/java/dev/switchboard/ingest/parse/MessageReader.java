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
 * Reads one event of which the server knows more than its sender says: a socket's message, whose
 * sender signed in, or a message for the user whose inbox the address names. What is known stands
 * above what is said. Usable from every thread.
 */
public final class MessageReader {
  private static final Set<String> OF_THE_SESSION = Set.of("ref", "tenant_id");
  private static final Set<String> OF_THE_ADDRESS =
      Set.of("tenant_id", "user_id", "topic", "offline");
  private static final Set<String> NOT_FOR_VISITORS = Set.of("user_id", "topic", "offline");

  private final EventRules rules;

  /** For a deployment's rules. */
  public MessageReader(EventRules rules) {
    this.rules = rules;
  }

  /**
   * Who sends an event over a socket.
   *
   * @param chatSession the only chat a visitor may write to; null for a user
   * @param idNamespace put in front of the message's event id, so that no sender can take an id
   *     that another one uses
   */
  public record Sender(TenantId tenant, @Nullable ChatSessionId chatSession, String idNamespace) {
    boolean isVisitor() {
      return chatSession != null;
    }
  }

  /**
   * Reads one event from a socket's message.
   *
   * @throws InvalidEventsException with every fault, if there is any
   */
  public EventDraft fromSocket(String message, Sender sender) {
    FieldErrors fieldErrors = new FieldErrors();
    EventBuilder members = new EventBuilder(rules, fieldErrors, "", EventField::plainName);
    members.tenant(sender.tenant());
    members.chatSession(sender.chatSession());
    members.idNamespace(sender.idNamespace());
    Optional<EventDraft> event =
        read(
            message.getBytes(StandardCharsets.UTF_8),
            members,
            (name, told) -> senderMaySay(sender, name, told),
            fieldErrors);
    return complete(event, fieldErrors, "the event is invalid");
  }

  private static boolean senderMaySay(Sender sender, String name, EventBuilder members) {
    if (OF_THE_SESSION.contains(name)) {
      return false;
    }
    if (!sender.isVisitor()) {
      return true;
    }
    if (NOT_FOR_VISITORS.contains(name)) {
      members.fault(name, "may not be set by a visitor");
      return false;
    }
    return !name.equals("session_id");
  }

  /**
   * Reads a body that holds one message for a user.
   *
   * @throws InvalidEventsException with every fault, if there is any
   */
  public EventDraft forUser(byte[] body, TenantId tenant, UserId user) {
    FieldErrors fieldErrors = new FieldErrors();
    EventBuilder members = new EventBuilder(rules, fieldErrors, "", EventField::plainName);
    members.tenant(tenant);
    members.user(user);
    Optional<EventDraft> event = read(body, members, MessageReader::bodyMaySay, fieldErrors);
    return complete(event, fieldErrors, "nothing was stored; mend the listed fields");
  }

  private static boolean bodyMaySay(String name, EventBuilder members) {
    boolean free = !OF_THE_ADDRESS.contains(name);
    if (!free) {
      members.fault(name, "is settled by the address; leave it out");
    }
    return free;
  }

  private static Optional<EventDraft> read(
      byte[] json, EventBuilder members, PlainEvent.Filter filter, FieldErrors fieldErrors) {
    return JsonInput.read(json, parser -> readOne(parser, members, filter, fieldErrors));
  }

  private static Optional<EventDraft> readOne(
      JsonParser parser, EventBuilder members, PlainEvent.Filter filter, FieldErrors fieldErrors)
      throws IOException {
    if (parser.nextToken() == null) {
      throw InvalidEventsException.malformed("the body is empty; send {\"type\", \"payload\"}");
    }
    return PlainEvent.isObject(parser, fieldErrors, "")
        ? Optional.ofNullable(PlainEvent.read(parser, members, filter))
        : Optional.empty();
  }

  private static EventDraft complete(
      Optional<EventDraft> event, FieldErrors fieldErrors, String words) {
    fieldErrors.throwIfAny(words);
    return event.orElseThrow();
  }
}
