package dev.switchboard.embedded;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a second node out of a server's directory. The kernel drops the lock with its holder, so
 * that a killed node leaves none behind; the process id inside is only for the message.
 */
final class DirectoryLock implements AutoCloseable {
  // The kernel gives a process its own lock again, and closing any channel on the file drops it.
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  static DirectoryLock take(Path wanted) throws IOException {
    Path directory = Files.createDirectories(wanted).toRealPath();
    if (!HELD_HERE.add(directory)) {
      throw inUse(directory, ProcessHandle.current().pid() + ", this one");
    }
    try {
      return new DirectoryLock(directory, lock(directory));
    } catch (IOException | RuntimeException e) {
      HELD_HERE.remove(directory);
      throw e;
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    Path file = directory.resolve("lock");
    FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE);
    try {
      if (channel.tryLock() == null) {
        throw inUse(directory, Files.readString(file).strip());
      }
      byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
      channel.truncate(0).write(ByteBuffer.wrap(pid));
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static EmbeddedServerException inUse(Path directory, String holder) {
    return new EmbeddedServerException(
        "%s is in use by another node (pid %s); stop it or give this node a data directory of its own"
            .formatted(directory, holder));
  }

  @Override
  public void close() throws IOException {
    // A second close must not take the mark of the next holder.
    if (channel.isOpen()) {
      channel.close();
      HELD_HERE.remove(directory);
    }
  }
}
