package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.sessions.SocketPublisher.RefusedException;

/** The events that clients bring over their sockets; what became of each, its client is told. */
final class Publishing {
  private final SocketPublisher publisher;
  private final Replies replies;

  Publishing(SocketPublisher publisher, Replies replies) {
    this.publisher = publisher;
    this.replies = replies;
  }

  /** Publishes a whole message of a live session in the name of its person. */
  void publish(Asker asker, String text) {
    publisher
        .publish(requireNonNull(asker.session().who()), text)
        .onSuccess(receipt -> published(asker, receipt))
        .onFailure(failure -> notPublished(asker, failure));
  }

  private void published(Asker asker, SocketPublisher.Receipt receipt) {
    if (asker.ref() != null) {
      replies.answer(asker, ServerMessages.published(receipt));
    }
  }

  private void notPublished(Asker asker, Throwable failure) {
    if (failure instanceof RefusedException refused) {
      replies.refuse(asker, refused.code(), refused.words());
    } else {
      replies.refuse(asker, "unavailable", "the event could not be published; try again");
    }
  }
}
