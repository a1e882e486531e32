package dev.switchboard.sessions.protocol;

import static java.util.Objects.requireNonNull;

import dev.switchboard.sessions.protocol.SocketPublisher.RefusedException;
import dev.switchboard.sessions.session.ServerMessages;
import io.vertx.core.json.JsonObject;

/** The events that clients bring over their sockets; what became of each, its client is told. */
public final class PublishHandler {
  private final SocketPublisher publisher;
  private final ClientReplies clientReplies;

  public PublishHandler(SocketPublisher publisher, ClientReplies clientReplies) {
    this.publisher = publisher;
    this.clientReplies = clientReplies;
  }

  /** Publishes a whole message of a live session in the name of its person. */
  void publish(ClientRequest clientRequest, String text) {
    publisher
        .publish(requireNonNull(clientRequest.session().who()), text)
        .onSuccess(receipt -> published(clientRequest, receipt))
        .onFailure(failure -> notPublished(clientRequest, failure));
  }

  private void published(ClientRequest clientRequest, SocketPublisher.Receipt receipt) {
    if (clientRequest.ref() != null) {
      clientReplies.answer(clientRequest, published(receipt));
    }
  }

  private void notPublished(ClientRequest clientRequest, Throwable failure) {
    if (failure instanceof RefusedException refused) {
      clientReplies.refuse(clientRequest, refused.code(), refused.words());
    } else {
      clientReplies.refuse(
          clientRequest, "unavailable", "the event could not be published; try again");
    }
  }

  private static JsonObject published(SocketPublisher.Receipt receipt) {
    return ServerMessages.message(
        "published", new JsonObject().put("id", receipt.id()).put("event_id", receipt.eventId()));
  }
}
