package dev.switchboard.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A small file system of its own, in memory, that can be filled up. Only root can mount one. */
final class Disk implements AutoCloseable {
  private static final int CHUNK = 64 << 10;
  private static final Duration BETWEEN_FILLS = Duration.ofMillis(50);

  private final Path directory;
  private final Path filler;

  private Disk(Path directory) {
    this.directory = directory;
    this.filler = directory.resolve("filler");
  }

  /** Mounts one of that size; empty if this user or machine can't. */
  static Optional<Disk> mount(int megabytes) {
    try {
      Path at = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "disk-");
      if (run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "none", at.toString())) {
        Disk disk = new Disk(at);
        // Not to be left behind when somebody stops the test.
        Runtime.getRuntime().addShutdownHook(new Thread(disk::close));
        return Optional.of(disk);
      }
      Files.delete(at);
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  Path directory() {
    return directory;
  }

  /** Uses up all that is free, and for that long what becomes free. */
  void fill(Duration lasts) {
    long end = System.nanoTime() + lasts.toNanos();
    do {
      fillUp();
      Pause.of(BETWEEN_FILLS);
    } while (System.nanoTime() < end);
  }

  private void fillUp() {
    byte[] zeros = new byte[CHUNK];
    try (OutputStream out =
        Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        out.write(zeros);
      }
    } catch (IOException full) {
      // That was the purpose.
    }
  }

  /** Undoes {@link #fill}. */
  void free() {
    try {
      boolean unused = Files.deleteIfExists(filler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      if (run("umount", "-l", directory.toString())) {
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
