package dev.switchboard.sessions;

import dev.switchboard.bus.inspection.RecentRefusals;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.sessions.registry.SessionCount;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.support.ManualLoop;
import dev.switchboard.time.LoopScheduler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Makes registries of sessions with counts of their own. */
public final class TestRegistry {
  private TestRegistry() {}

  /** Ends slow sessions on {@code loop}. */
  public static SessionRegistry on(LoopScheduler loop, SessionsConfig config) {
    return new SessionRegistry(
        config, new SessionCount(new SimpleMeterRegistry()), new RecentRefusals(), loop);
  }

  /** For tests in which no session is slow. */
  public static SessionRegistry of(SessionsConfig config) {
    return on(new ManualLoop(), config);
  }
}
