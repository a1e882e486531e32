package dev.switchboard.client.platform;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A loop with a daemon thread of its own, which ends when there is nothing to do. */
public final class ThreadLoop implements Loop {
  private static final long IDLE_SECONDS = 10;

  private final ScheduledThreadPoolExecutor executor;
  private final Consumer<Throwable> report;

  /** Reports what a task throws. */
  public ThreadLoop(Consumer<Throwable> report) {
    this.report = report;
    this.executor = new ScheduledThreadPoolExecutor(1, ThreadLoop::thread);
    executor.setRemoveOnCancelPolicy(true);
    executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "switchboard-client");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(guarded(task));
  }

  @Override
  public Timer schedule(long delayMillis, Runnable task) {
    Future<?> scheduled = executor.schedule(guarded(task), delayMillis, TimeUnit.MILLISECONDS);
    return () -> scheduled.cancel(false);
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException failure) {
        report.accept(failure);
      }
    };
  }

  @Override
  public long now() {
    return System.currentTimeMillis();
  }

  @Override
  public double random() {
    return ThreadLocalRandom.current().nextDouble();
  }
}
