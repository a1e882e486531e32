package dev.switchboard.sessions;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.kept.KeptStore;
import dev.switchboard.redis.Keys;
import dev.switchboard.sealing.PayloadSeal;
import dev.switchboard.sessions.kept.KeptSnapshots;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.support.TestLimits;
import dev.switchboard.support.ThrowingCommands;
import dev.switchboard.time.LoopScheduler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Snapshots for sessions that follow no kept events. */
public final class NoKeptEvents {
  private NoKeptEvents() {}

  /** Makes snapshots that nobody may ask for. */
  public static KeptSnapshots snapshots(LoopScheduler scheduler) {
    SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    PayloadSeal seal = new PayloadSeal(ConfigLoader.defaults(name -> null).encryption(), metrics);
    KeptStore store =
        new KeptStore(
            new ThrowingCommands(), new Keys("callcenter"), TestLimits.ofDefaults(), seal, metrics);
    return new KeptSnapshots(store, scheduler, SessionTime.SYSTEM);
  }
}
