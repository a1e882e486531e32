package dev.switchboard.client.session;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The messages of one connection whose answers are waited for, by their {@code ref}. */
final class Answers {
  private final Map<Long, Waiting> waiting = new LinkedHashMap<>();
  private long lastRef;

  private record Waiting(Consumer<Message> answered, Runnable lost, int length) {}

  /** Returns the message with a new {@code ref}. */
  String add(String text, Consumer<Message> answered, Runnable lost) {
    long ref = ++lastRef;
    waiting.put(ref, new Waiting(answered, lost, text.length()));
    return "{\"ref\":" + ref + "," + text.substring(1);
  }

  /** Hands an answer to what waits for it; false if nothing does. */
  boolean receive(Message message) {
    Waiting found = message.ref() instanceof Long ref ? waiting.remove(ref) : null;
    if (found != null) {
      found.answered().accept(message);
    }
    return found != null;
  }

  /** The server does not say which message was too big: only the longest can be meant. */
  void rejectLongest() {
    waiting.entrySet().stream()
        .max(Comparator.comparingInt(entry -> entry.getValue().length()))
        .map(Map.Entry::getKey)
        .ifPresent(ref -> rejectAsTooLarge(waiting.remove(ref)));
  }

  private static void rejectAsTooLarge(@Nullable Waiting longest) {
    if (longest != null) {
      Map<String, @Nullable Object> payload =
          Map.of("code", "too_large", "message", "the message is larger than the server accepts");
      longest.answered().accept(new Message(Map.of("type", "error", "payload", payload)));
    }
  }

  /** The connection is lost. */
  void clear() {
    List<Waiting> all = List.copyOf(waiting.values());
    waiting.clear();
    all.forEach(one -> one.lost().run());
  }
}
