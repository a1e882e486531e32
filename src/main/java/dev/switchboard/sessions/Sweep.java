package dev.switchboard.sessions;

import java.time.Duration;

/** The look at every session of an event loop that is taken over and over. */
final class Sweep {
  private final Endings endings;
  private final Upkeep upkeep;
  private final Supply supply;
  private final Outbox outbox;

  Sweep(Endings endings, Upkeep upkeep, Supply supply, Outbox outbox) {
    this.endings = endings;
    this.upkeep = upkeep;
    this.supply = supply;
    this.outbox = outbox;
  }

  /** One look at every session. */
  void run() {
    for (Session session : endings.all()) {
      upkeep.look(session);
      supply.retry(session);
    }
    outbox.flush();
  }

  /** Time between two looks, for sessions that are pinged so often. */
  static Duration pause(Duration heartbeat) {
    return Duration.ofMillis(Math.max(20, Math.min(1_000, heartbeat.toMillis() / 4)));
  }
}
