package dev.switchboard.client.model;

import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The last event of each key of a collection, kept up to date by the client. Usable from every
 * thread; what is returned does not change.
 */
public interface KeptCollection {
  /** Whether a whole snapshot has arrived, and no doubt since. */
  boolean isComplete();

  /** Nothing that was written after this moment is missing; null before the first snapshot. */
  @Nullable Instant since();

  /** The events by key, without those that have ended. */
  Map<String, Event> events();

  /** The last event of a key; null if there is none, or it has ended. */
  @Nullable Event get(String key);

  /** Calls the listener on the client's thread after each change; the result removes it. */
  Runnable onChange(Consumer<KeptCollection> listener);
}
