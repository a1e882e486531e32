package dev.switchboard.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacks the server that the jar carries for this platform, once per content: the directory's name
 * holds size and checksum of what it was made from, and it appears under that name only when
 * complete.
 */
final class CarriedFiles {
  private static final String PREFIX = "server-";

  private final EmbeddedServer server;

  CarriedFiles(EmbeddedServer server) {
    this.server = server;
  }

  /**
   * Returns the directory of the unpacked files in {@code parent}; deletes other versions there.
   */
  Path unpackInto(Path parent) throws IOException {
    String resource = Platform.current().map(p -> p.resource(server)).orElseThrow(this::missing);
    URL source =
        Optional.ofNullable(CarriedFiles.class.getClassLoader().getResource(resource))
            .orElseThrow(this::missing);
    Path target = parent.resolve(PREFIX + fingerprint(source));
    if (!Files.isDirectory(target)) {
      unpack(source, target);
      deleteOthers(target);
    }
    return target;
  }

  private EmbeddedServerException missing() {
    return new EmbeddedServerException(
        "this build carries no %s for %s %s; install %s, or %s"
            .formatted(
                server.title(),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                server.packageAdvice(),
                server.otherModeAdvice()));
  }

  private static String fingerprint(URL source) throws IOException {
    URLConnection connection = source.openConnection();
    if (connection instanceof JarURLConnection inJar) {
      // Read from the jar's directory: hashing the content would cost a tenth of a second at every
      // start.
      inJar.setUseCaches(false);
      try (JarFile jar = inJar.getJarFile()) {
        return "%d-%08x".formatted(inJar.getContentLengthLong(), inJar.getJarEntry().getCrc());
      }
    }
    try (InputStream plain = connection.getInputStream()) {
      return "%d".formatted(plain.readAllBytes().length);
    }
  }

  private static void unpack(URL source, Path target) throws IOException {
    Path unfinished = target.resolveSibling("unfinished-" + target.getFileName());
    deleteTree(unfinished);
    Files.createDirectories(unfinished);
    try (InputStream content = new BufferedInputStream(source.openStream())) {
      if (source.getPath().endsWith(".txz")) {
        unpackArchive(content, unfinished);
      } else {
        writeExecutable(content, unfinished.resolve("redis-server"));
      }
    }
    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void unpackArchive(InputStream content, Path target) throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(content))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpackEntry(tar, entry, target);
      }
    }
  }

  private static void unpackEntry(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
      throws IOException {
    Path file = target.resolve(entry.getName()).normalize();
    if (!file.startsWith(target)) {
      throw new IOException("archive entry outside its directory: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(file);
      return;
    }
    Files.createDirectories(file.resolveSibling("."));
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
    } else if (entry.isLink()) {
      Files.createLink(file, target.resolve(entry.getLinkName()).normalize());
    } else if ((entry.getMode() & 0100) != 0) {
      writeExecutable(tar, file);
    } else {
      Files.copy(tar, file);
    }
  }

  private static void writeExecutable(InputStream content, Path file) throws IOException {
    Files.copy(content, file);
    if (!file.toFile().setExecutable(true, false)) {
      throw new IOException("can't make " + file + " executable");
    }
  }

  private static void deleteOthers(Path kept) throws IOException {
    List<Path> others;
    try (Stream<Path> siblings = Files.list(kept.resolveSibling("."))) {
      others =
          siblings
              .map(Path::normalize)
              .filter(path -> path.getFileName().toString().startsWith(PREFIX))
              .filter(path -> !path.equals(kept.normalize()))
              .toList();
    }
    for (Path other : others) {
      deleteTree(other);
    }
  }

  static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> tree = Files.walk(root)) {
      deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }
}
