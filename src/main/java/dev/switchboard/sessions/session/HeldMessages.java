package dev.switchboard.sessions.session;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * What a client sent before its session was live, to be handled in order once it is. Bounded,
 * because the client may not have signed in yet.
 */
public final class HeldMessages {
  /** Maximum messages that are held for one session. */
  public static final int MAX_MESSAGES = 100;

  /** Maximum characters of these messages together, unless there is only one. */
  public static final int MAX_CHARACTERS = 65_536;

  private final Queue<Runnable> handlings = new ArrayDeque<>();
  private int characters;

  /**
   * Keeps the handling of a message until {@link #handle}; returns false, and keeps nothing, if
   * that would exceed a bound.
   *
   * @param length characters of the message
   */
  public boolean hold(int length, Runnable handling) {
    boolean fits = handlings.isEmpty() || characters + length <= MAX_CHARACTERS;
    if (!fits || handlings.size() >= MAX_MESSAGES) {
      return false;
    }
    characters += length;
    return handlings.add(handling);
  }

  /** Handles the messages in the order in which they came, and forgets them. */
  void handle() {
    characters = 0;
    for (Runnable next = handlings.poll(); next != null; next = handlings.poll()) {
      next.run();
    }
  }

  void clear() {
    characters = 0;
    handlings.clear();
  }
}
