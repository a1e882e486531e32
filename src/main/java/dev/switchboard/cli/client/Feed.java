package dev.switchboard.cli.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a node says over one connection, piece by piece, until it ends. */
interface Feed extends AutoCloseable {
  /** One piece. */
  sealed interface Signal {
    /**
     * A message.
     *
     * @param position where the stream continues behind it, if its transport says so
     */
    record Message(String json, @Nullable String position) implements Signal {}

    /** Nothing but a sign of life. */
    record Alive() implements Signal {}

    /** The stream continues from here, though no message came. */
    record Moved(String position) implements Signal {}

    /** The last piece. */
    record Ended(Ending how) implements Signal {}
  }

  /** The next piece; after so long a silence the connection counts as broken. */
  Signal next(Duration longestSilence) throws InterruptedException;

  /** Lets go of the connection; callable in every state. */
  @Override
  void close();
}
