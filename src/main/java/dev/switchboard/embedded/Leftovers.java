package dev.switchboard.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server processes that a killed node left behind. They are known by their executable, which lies
 * in the locked directory, or by its name and their working directory, which lies there: unlike a
 * stored process id this can't name an unrelated process after a reboot, and it finds orphans whose
 * parent is gone.
 */
final class Leftovers {
  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private final Predicate<ProcessHandle> ours;

  private Leftovers(Predicate<ProcessHandle> ours) {
    this.ours = ours;
  }

  /** Covers all processes of this server that belong to this directory. */
  static Leftovers of(EmbeddedServer server, Path directory) throws IOException {
    Path real = directory.toRealPath();
    return new Leftovers(
        process ->
            executable(process)
                .filter(
                    file ->
                        file.startsWith(real)
                            || (server.isProgram(file.getFileName().toString())
                                && worksBelow(real, process)))
                .isPresent());
  }

  private static Optional<Path> executable(ProcessHandle process) {
    // Linux marks a program that was updated meanwhile.
    return process
        .info()
        .command()
        .map(name -> name.replaceFirst(" \\(deleted\\)$", ""))
        .map(Path::of);
  }

  /** Known on Linux only; elsewhere a server that was left behind still has its port. */
  private static boolean worksBelow(Path directory, ProcessHandle process) {
    try {
      Path link = Path.of("/proc", Long.toString(process.pid()), "cwd");
      return Files.readSymbolicLink(link).startsWith(directory);
    } catch (IOException endedOrForeign) {
      return false;
    }
  }

  /** Stops them, first by the given means, then by signals; returns when none is left. */
  void stop(Consumer<List<Long>> ask) {
    List<ProcessHandle> found = running();
    if (found.isEmpty()) {
      return;
    }
    log.atWarn()
        .addKeyValue("pids", pids(found))
        .log("Stopping embedded servers that a killed node left behind; their data is kept");
    ask.accept(pids(found));
    if (signalAndWait(ProcessHandle::destroy) || signalAndWait(ProcessHandle::destroyForcibly)) {
      return;
    }
    throw new EmbeddedServerException(
        "servers of a killed node do not stop; end them by hand: pids " + pids(running()));
  }

  private static List<Long> pids(List<ProcessHandle> processes) {
    return processes.stream().map(ProcessHandle::pid).toList();
  }

  private List<ProcessHandle> running() {
    return ProcessHandle.allProcesses().filter(ours).toList();
  }

  private boolean signalAndWait(Predicate<ProcessHandle> signal) {
    long begin = System.nanoTime();
    log.debug("Signalled {} processes", running().stream().filter(signal).count());
    for (List<ProcessHandle> left = running(); !left.isEmpty(); left = running()) {
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        return false;
      }
      awaitExit(left.get(0));
    }
    return true;
  }

  // A short wait each: a zombie that is never reaped does not "exit", it only loses its executable.
  private static void awaitExit(ProcessHandle process) {
    try {
      var unused = process.onExit().get(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException lookAgain) {
      log.trace("pid {} still runs", process.pid());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedServerException("interrupted while waiting for pid " + process.pid(), e);
    }
  }
}
