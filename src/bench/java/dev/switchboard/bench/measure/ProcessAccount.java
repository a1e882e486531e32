package dev.switchboard.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The kernel's account of one process; every figure is NaN when its id is not known. */
public final class ProcessAccount {
  /** The unit of the kernel's accounts, USER_HZ, is 1/100 s on every Linux we run on. */
  private static final long TICK_MICROS = 10_000;

  private static final Duration QUIET_FOR = Duration.ofMillis(400);
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private final long pid;

  /**
   * @param pid 0 when it is not known
   */
  public ProcessAccount(long pid) {
    this.pid = pid;
  }

  /** The process we run in. */
  public static ProcessAccount ownProcess() {
    return new ProcessAccount(ProcessHandle.current().pid());
  }

  public boolean isKnown() {
    return pid > 0;
  }

  /** User and system time of all threads so far. */
  public double cpuMicros() {
    if (!isKnown()) {
      return Double.NaN;
    }
    String[] fields = statFields();
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * (double) TICK_MICROS;
  }

  /** The same of a process and all its children, also those that have ended. */
  static double ofFamily(long pid) {
    if (pid <= 0) {
      return Double.NaN;
    }
    ProcessAccount parent = new ProcessAccount(pid);
    String[] fields = parent.statFields();
    double ended = (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * (double) TICK_MICROS;
    return ProcessHandle.of(pid).stream()
        .flatMap(ProcessHandle::children)
        .mapToDouble(child -> new ProcessAccount(child.pid()).cpuMicros())
        .reduce(ended + parent.cpuMicros(), Double::sum);
  }

  /** Resident set. */
  public double rssBytes() {
    if (!isKnown()) {
      return Double.NaN;
    }
    return readProc("status").stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024.0)
        .findFirst()
        .orElse(Double.NaN);
  }

  /** Waits until the process rests, a few seconds at most: what it still does is not ours. */
  public void awaitQuiet() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    double before = cpuMicros();
    while (System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(QUIET_FOR.toMillis());
      double now = cpuMicros();
      if (!(now - before > TICK_MICROS)) {
        return;
      }
      before = now;
    }
  }

  /** Asks a Java process for a full collection; false when it is none or jcmd is missing. */
  public boolean collectGarbage() throws InterruptedException {
    if (!isKnown()) {
      return false;
    }
    try {
      Process jcmd =
          new ProcessBuilder("jcmd", String.valueOf(pid), "GC.run")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return jcmd.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private String[] statFields() {
    String stat = readProc("stat").get(0);
    // The command's name may hold spaces; the fields behind its closing bracket are plain.
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
  }

  private List<String> readProc(String file) {
    try {
      return Files.readAllLines(Path.of("/proc", String.valueOf(pid), file));
    } catch (IOException e) {
      throw new UncheckedIOException("process " + pid + " is gone", e);
    }
  }
}
