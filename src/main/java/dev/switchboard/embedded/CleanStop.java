package dev.switchboard.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The proof that the embedded Redis ended in order: a file that is written after the server has
 * exited with code 0, which it does only when all writes are on disk, and that is removed before
 * the next one starts. It names the run that ended and the files with its data, so that data of
 * another time, such as a backup, is not taken for it.
 */
final class CleanStop {
  private static final String FILE = "clean-stop";

  /** One file up to Redis 6.2, a directory of files since. */
  private static final String DATA = "appendonly";

  private CleanStop() {}

  /** Records that this run has ended with all of its writes in the files of {@code directory}. */
  static void write(Path directory, RedisRun ended) throws IOException {
    List<String> lines = new ArrayList<>(List.of(ended.runId(), ended.replicationId()));
    lines.addAll(dataFiles(directory));
    Path file = directory.resolve(FILE);
    Path unused = Files.write(file, lines);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /**
   * Removes the record and returns the run that ended; null if there is no record, or if it is one
   * of other data.
   */
  static @Nullable RedisRun take(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return null;
    }
    List<String> lines = Files.readAllLines(file);
    Files.delete(file);
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
    boolean isOfThisData =
        lines.size() > 2 && lines.subList(2, lines.size()).equals(dataFiles(directory));
    return isOfThisData ? new RedisRun(lines.get(0), lines.get(1)) : null;
  }

  /** Name, size and time of the last change of each file with data. */
  private static List<String> dataFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory, 2)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> directory.relativize(file).toString().startsWith(DATA))
          .sorted()
          .map(CleanStop::describe)
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static String describe(Path file) {
    try {
      return file.getFileName()
          + " "
          + Files.size(file)
          + " "
          + Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
