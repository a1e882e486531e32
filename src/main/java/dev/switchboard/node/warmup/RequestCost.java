package dev.switchboard.node.warmup;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/**
 * The CPU time that this process uses for a request of the load, in windows of several thousand
 * requests. It falls as long as code is being compiled; other programs on the same machine hardly
 * change it.
 */
final class RequestCost {
  private static final long WINDOW_REQUESTS = 2_000;

  /** A window that is at least this much cheaper than the best before is progress. */
  private static final double PROGRESS = 0.95;

  /** A window may be dearer by chance, for example because of a collection of garbage. */
  private static final int MAX_WINDOWS_WITHOUT_PROGRESS = 4;

  private final LongSupplier cpuNanos;
  private long windowRequests;
  private long windowNanos;
  private double best = Double.MAX_VALUE;
  private int windowsWithoutProgress;

  /**
   * @param cpuNanos CPU time used so far, in nanoseconds
   */
  RequestCost(LongSupplier cpuNanos) {
    this.cpuNanos = cpuNanos;
    this.windowNanos = cpuNanos.getAsLong();
  }

  /** By the CPU time of this process. */
  static RequestCost ofThisProcess() {
    return new RequestCost(
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)::getProcessCpuTime);
  }

  /**
   * Looks whether the cost has stopped falling.
   *
   * @param requests answered since the load began
   */
  boolean isLevel(long requests) {
    long count = requests - windowRequests;
    if (count < WINDOW_REQUESTS) {
      return false;
    }
    long nanos = cpuNanos.getAsLong();
    endWindow((double) (nanos - windowNanos) / count);
    windowRequests = requests;
    windowNanos = nanos;
    return windowsWithoutProgress >= MAX_WINDOWS_WITHOUT_PROGRESS;
  }

  private void endWindow(double cost) {
    if (cost < best * PROGRESS) {
      best = cost;
      windowsWithoutProgress = 0;
    } else {
      windowsWithoutProgress++;
    }
  }
}
