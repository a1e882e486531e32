package dev.switchboard.sessions.protocol;

import static java.util.Objects.requireNonNull;

import dev.switchboard.sessions.protocol.SocketPublisher.Receipt;
import dev.switchboard.sessions.protocol.SocketPublisher.RefusedException;
import dev.switchboard.sessions.session.ServerMessages;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Publishes the events that clients send over their sockets. */
public final class PublishHandler {
  private final SocketPublisher publisher;
  private final ClientReplies replies;

  public PublishHandler(SocketPublisher publisher, ClientReplies replies) {
    this.publisher = publisher;
    this.replies = replies;
  }

  /**
   * Publishes the event that {@code text} is, in the name of the session's principal. Success is
   * answered only if the client can match the answer by its {@code ref}.
   */
  void publish(ClientRequest request, String text) {
    Future<Receipt> unused =
        publisher
            .publish(requireNonNull(request.session().principal()), text)
            .onSuccess(receipt -> published(request, receipt))
            .onFailure(failure -> refused(request, failure));
  }

  private void published(ClientRequest request, Receipt receipt) {
    if (request.ref() != null) {
      JsonObject payload =
          new JsonObject().put("id", receipt.id()).put("event_id", receipt.eventId());
      replies.answer(request, ServerMessages.message("published", payload));
    }
  }

  private void refused(ClientRequest request, Throwable failure) {
    if (failure instanceof RefusedException refused) {
      replies.refuse(request, refused.code(), String.valueOf(refused.getMessage()));
    } else {
      replies.refuse(request, "unavailable", "the event could not be published; try again");
    }
  }
}
