package dev.switchboard.ingest.parse;

import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.InvalidNameException;
import java.util.List;

/**
 * What holds for every event that comes in, whatever form it has.
 *
 * @param topicPrefix first word of every topic
 * @param maxPayload bytes of the longest payload, after normalisation
 * @param maxBatch events in one call
 * @param check what the payloads of known types are held against
 */
public record EventRules(String topicPrefix, int maxPayload, int maxBatch, PayloadCheck check) {

  static EventType publishableType(String text) {
    EventType type = new EventType(text);
    if (type.isReserved()) {
      throw new InvalidNameException(
          "\"" + text + "\" is made by the server itself; choose another type");
    }
    return type;
  }

  static EventId producerId(String text) {
    for (String ours : List.of("presence:", "ce-", "idem-")) {
      if (text.startsWith(ours)) {
        throw new InvalidNameException(
            "event ids that start with \"" + ours + "\" are made by the server");
      }
    }
    if (IdNamespace.holds(text)) {
      throw new InvalidNameException(
          "event ids that start with \"s-\", 16 digits and \":\" are those of people");
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
