package dev.switchboard.chaos;

import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A kind of fault.
 *
 * @param name by which it is chosen
 * @param title what happens, for the table
 * @param kind of the site on which it happens
 * @param possible whether it can be caused there
 * @param preparation what the site needs before, without a measurement
 * @param strike causes the fault at once and returns when it is undone; the random numbers decide
 *     how long it lasts, and what it meets
 * @param tolerance what is not judged strictly
 */
record Fault(
    String name,
    String title,
    Site.Kind kind,
    Predicate<Site> possible,
    Consumer<Site> preparation,
    Strike strike,
    Tolerance tolerance) {

  /** Whether a promise is given under this fault. */
  boolean promises(Promised promise) {
    boolean isInRedisOnly = promise == Promised.INBOX || promise == Promised.REPEATS;
    return tolerance != Tolerance.REDIS_LOSES_WRITES || !isInRedisOnly;
  }

  /** Causes and undoes the fault. */
  @FunctionalInterface
  interface Strike {
    void at(Site site, Random random);
  }

  /** What the documentation excludes. */
  enum Tolerance {
    NONE,

    /** A node that can't renew its lease counts as dead until it is back. */
    NODE_B_MAY_BE_DECLARED_DEAD,

    /**
     * Redis lost writes that it had acknowledged: messages of inboxes, and which event ids it had
     * seen. Sessions must be told.
     */
    REDIS_LOSES_WRITES
  }
}
