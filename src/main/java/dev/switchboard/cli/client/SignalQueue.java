package dev.switchboard.cli.client;

import dev.switchboard.cli.client.Feed.Signal;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Passes signals from the threads of the HTTP client to the thread of the command. It stays short,
 * because feeds request one message at a time.
 */
final class SignalQueue {
  private final BlockingQueue<Signal> waiting = new LinkedBlockingQueue<>();

  void put(Signal signal) {
    waiting.add(signal);
  }

  void end(Ending ending) {
    waiting.add(new Signal.Ended(ending));
  }

  Signal next(Duration longestSilence) throws InterruptedException {
    Signal next = waiting.poll(longestSilence.toMillis(), TimeUnit.MILLISECONDS);
    return next == null
        ? new Signal.Ended(Ending.broken("no data for " + longestSilence.toSeconds() + " s"))
        : next;
  }
}
