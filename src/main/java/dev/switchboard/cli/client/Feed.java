package dev.switchboard.cli.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one connection to a node delivers, signal by signal, until it ends. */
interface Feed extends AutoCloseable {
  /** One signal of the connection. */
  sealed interface Signal {
    /**
     * A message of the node.
     *
     * @param position where the stream continues after it, if the transport says so
     */
    record Message(String json, @Nullable String position) implements Signal {}

    /** A heartbeat. */
    record Alive() implements Signal {}

    /** The stream continues at this position, although no message was sent. */
    record Moved(String position) implements Signal {}

    /** The end of the connection; the last signal. */
    record Ended(Ending ending) implements Signal {}
  }

  /** Waits for the next signal; after {@code longestSilence} the connection counts as lost. */
  Signal next(Duration longestSilence) throws InterruptedException;

  /** Closes the connection; may be called in every state. */
  @Override
  void close();
}
