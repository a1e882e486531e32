package dev.switchboard.presence;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** Generates the names under which a node claims sessions, its incarnations. */
record Incarnations(String node) implements Supplier<String> {
  static final char MARK = '~';

  @Override
  public String get() {
    return node + MARK + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
  }

  static String nodeOf(String incarnation) {
    return incarnation.substring(0, incarnation.lastIndexOf(MARK));
  }
}
