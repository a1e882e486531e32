package dev.switchboard.cli.client;

import dev.switchboard.cli.client.Feed.Signal;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Signals on their way from the client's threads to the command's. The feeds ask for one message
 * after the other, so it stays short.
 */
final class SignalQueue {
  private final BlockingQueue<Signal> waiting = new LinkedBlockingQueue<>();

  void put(Signal signal) {
    waiting.add(signal);
  }

  void end(Ending how) {
    waiting.add(new Signal.Ended(how));
  }

  Signal next(Duration longestSilence) throws InterruptedException {
    Signal next = waiting.poll(longestSilence.toMillis(), TimeUnit.MILLISECONDS);
    return next == null
        ? new Signal.Ended(Ending.broken("nothing came for " + longestSilence.toSeconds() + " s"))
        : next;
  }
}
