package dev.switchboard.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/**
 * Sends signals that the JDK can't send. It uses the {@code kill} that is built into bash, because
 * the program of that name is missing on a small system.
 */
final class Signals {
  private static final long WAIT_SECONDS = 10;

  private Signals() {}

  /**
   * Sends the signal {@code name}, such as {@code STOP} or {@code CONT}; returns when it is sent.
   */
  static void send(String name, Process target) {
    try {
      Process shell =
          new ProcessBuilder("bash", "-c", "kill -s \"$0\" \"$1\"", name, "" + target.pid())
              .redirectErrorStream(true)
              .start();
      if (!shell.waitFor(WAIT_SECONDS, TimeUnit.SECONDS) || shell.exitValue() != 0) {
        throw new IllegalStateException("signal " + name + " was not sent to pid " + target.pid());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
