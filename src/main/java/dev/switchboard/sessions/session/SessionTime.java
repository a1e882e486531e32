package dev.switchboard.sessions.session;

/** Time as the sessions of one event loop see it; tests move it by hand. */
public interface SessionTime {
  /** The machine's. */
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

  /** For intervals: only differences mean something. */
  long nanos();

  /** Milliseconds since 1970, to compare with times that others gave. */
  long millis();
}
