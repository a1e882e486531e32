package dev.switchboard.sessions.session;

/** Clock of one event loop's sessions; moved by hand in tests. */
public interface SessionTime {
  /** The clock of this machine. */
  SessionTime SYSTEM =
      new SessionTime() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public long millis() {
          return System.currentTimeMillis();
        }
      };

  /** Monotonic time in nanoseconds, of which only differences have a meaning. */
  long nanos();

  /** Milliseconds since 1970, to compare with times from outside. */
  long millis();
}
