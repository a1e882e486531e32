package dev.switchboard.ingest.parse;

import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.InvalidNameException;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/**
 * The rules for every event that is published, in whatever form it is sent.
 *
 * @param topicPrefix first segment of every topic
 * @param maxPayload maximum bytes of a payload, after normalization
 * @param maxBatch maximum events in one request
 * @param check validates the payloads of known types
 * @param clock decides which times are in the future
 */
public record EventRules(
    String topicPrefix, int maxPayload, int maxBatch, PayloadCheck check, Clock clock) {
  private static final Set<String> SET_BY_SERVER = Set.of("sender", "senderkind", "senderid");

  /** Rules by the system's clock. */
  public EventRules(String topicPrefix, int maxPayload, int maxBatch, PayloadCheck check) {
    this(topicPrefix, maxPayload, maxBatch, check, Clock.systemUTC());
  }

  /**
   * Checks the index of one more event in an array.
   *
   * @throws InvalidEventsException if the array has too many events
   */
  void requireBatchIndex(int index) {
    if (index >= maxBatch) {
      throw InvalidEventsException.tooMany(maxBatch);
    }
  }

  /** Why an event may not have a member or attribute of that name, which no field has. */
  static String reasonToRefuse(String name) {
    return isSetByServer(name)
        ? "is set by the server; leave it out"
        : "is unknown; an event has " + EventField.plainNames();
  }

  /** Whether the name is that of the sender, in the plain form or in a CloudEvent. */
  static boolean isSetByServer(String name) {
    return SET_BY_SERVER.contains(name);
  }

  static EventType publishableType(String text) {
    EventType type = new EventType(text);
    if (type.isReserved()) {
      throw new InvalidNameException(
          "\"" + text + "\" is reserved for events of the server; choose another type");
    }
    return type;
  }

  static EventId producerId(String text) {
    for (String reserved : List.of("presence:", "ce-", "idem-")) {
      if (text.startsWith(reserved)) {
        throw new InvalidNameException(
            "event ids that start with \"" + reserved + "\" are reserved; choose another id");
      }
    }
    if (IdNamespace.isPrefixed(text)) {
      throw new InvalidNameException(
          "event ids that start with \"s-\", 16 hexadecimal digits and \":\" are reserved; choose"
              + " another id");
    }
    return new EventId(text);
  }

  static Boolean offline(String text) {
    return switch (text) {
      case "store" -> true;
      case "drop" -> false;
      default -> throw new InvalidNameException("must be \"store\" or \"drop\"");
    };
  }
}
