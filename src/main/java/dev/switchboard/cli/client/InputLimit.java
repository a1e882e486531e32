package dev.switchboard.cli.client;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Limits how long a command waits for a file, which may be a pipe without a writer. */
public final class InputLimit {
  private static final long WAIT_SECONDS = 5;

  private InputLimit() {}

  /**
   * Returns what {@code reading} does, or fails as it does.
   *
   * @throws ClientException if it takes too long; its thread is left behind and keeps no process
   *     alive
   */
  public static <T> T read(String option, Path file, Callable<T> reading) {
    FutureTask<T> task = new FutureTask<>(reading);
    Thread reader = new Thread(task, "input-file");
    reader.setDaemon(true);
    reader.start();
    try {
      return task.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new ClientException(
          option + ": can't read " + file + ": it did not end within " + WAIT_SECONDS + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
