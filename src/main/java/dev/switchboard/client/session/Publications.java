package dev.switchboard.client.session;

import dev.switchboard.client.model.PublishOptions;
import dev.switchboard.client.model.Published;
import dev.switchboard.client.model.SwitchboardException;
import dev.switchboard.client.platform.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Events that the application publishes, until the server has answered. */
final class Publications {
  private static final int MAX_QUEUED_MESSAGES = 100;
  private static final long MAX_QUEUED_LENGTH = 1 << 20;

  private final Lane lane;
  private final Predicate<String> sendOnce;
  private long queuedLength;

  /**
   * Makes an empty queue.
   *
   * @param sendOnce sends a message that is not answered; false without a connection
   */
  Publications(Lane lane, Predicate<String> sendOnce) {
    this.lane = lane;
    this.sendOnce = sendOnce;
  }

  /** An event on its way to an answer. Made on any thread. */
  final class Publication extends Lane.Job {
    private final String text;
    private final String eventId;
    private final boolean notRepeated;
    private final long maxAge;
    private final CompletableFuture<Published> result = new CompletableFuture<>();

    Publication(String type, @Nullable Object payload, PublishOptions options) {
      super(options.isUnordered());
      Map<String, @Nullable Object> message = new LinkedHashMap<>();
      message.put("type", type);
      message.putAll(options.members());
      eventId = options.members().getOrDefault("event_id", UUID.randomUUID().toString());
      message.put("event_id", eventId);
      message.put("payload", payload);
      text = Json.write(message);
      notRepeated = options.isNotRepeated() || type.equals("chat.typing");
      maxAge = options.timeoutMillis();
    }

    CompletableFuture<Published> result() {
      return result;
    }

    @Override
    String text() {
      return text;
    }

    @Override
    long maxAge() {
      return maxAge;
    }

    @Override
    void succeed(Message answer) {
      queuedLength -= text.length();
      result.complete(new Published(answer.text("id"), String.valueOf(answer.text("event_id"))));
    }

    @Override
    void fail(SwitchboardException failure) {
      queuedLength -= text.length();
      result.completeExceptionally(failure);
    }

    private void refuse(String code) {
      result.completeExceptionally(SwitchboardException.notSent(code));
    }
  }

  void send(Publication publication) {
    if (publication.notRepeated) {
      sendNotRepeated(publication);
    } else if (isFull(publication)) {
      publication.refuse("queue_full");
    } else {
      queuedLength += publication.text.length();
      lane.add(publication);
    }
  }

  private void sendNotRepeated(Publication publication) {
    if (sendOnce.test(publication.text)) {
      publication.result.complete(new Published(null, publication.eventId));
    } else {
      publication.refuse("not_connected");
    }
  }

  private boolean isFull(Publication publication) {
    return lane.jobs().size() >= MAX_QUEUED_MESSAGES
        || queuedLength + publication.text.length() > MAX_QUEUED_LENGTH;
  }

  void flush() {
    lane.flush();
  }

  void interrupt() {
    lane.interrupt();
  }

  void clear(String code, String message) {
    lane.clear(code, message);
  }
}
