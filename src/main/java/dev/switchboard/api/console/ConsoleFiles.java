package dev.switchboard.api.console;

import static java.util.Objects.requireNonNull;

import dev.switchboard.api.client.ClientFiles;
import dev.switchboard.api.files.Hashes;
import dev.switchboard.api.files.StaticFile;
import dev.switchboard.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The pages of console and portal with everything they load, held in memory. Immutable; all event
 * loops share it.
 *
 * <p>Where a page writes <code>{hash}</code> in an address, the node puts a hash of all files:
 * pages of one version load only files of that version.
 */
public final class ConsoleFiles {
  private static final String FOLDER = "/console/";
  private static final String CONSOLE = "index.html";
  private static final String PORTAL = "portal.html";
  private static final String PLACEHOLDER = "{hash}";
  private static final int VERSION_LENGTH = 16;

  private final Map<String, StaticFile> assets;
  private final String version;
  private final Page console;
  private final Page portal;

  private ConsoleFiles(Map<String, byte[]> files, List<String> frameAncestors) {
    this.assets =
        files.entrySet().stream()
            .filter(file -> !file.getKey().endsWith(".html"))
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, file -> StaticFile.of(file.getKey(), file.getValue())));
    this.version = versionOf(files);
    this.console = new Page(page(files, CONSOLE), List.of());
    this.portal = new Page(page(files, PORTAL), frameAncestors);
  }

  /**
   * Reads and compresses the files, which takes some milliseconds and blocks; not for event loops.
   *
   * @param frameAncestors origins whose pages may show the portal in a frame
   * @throws ConfigException if the jar was built without the pages
   */
  public static ConsoleFiles read(List<String> frameAncestors) {
    Map<String, byte[]> files = new TreeMap<>(filesOfConsole());
    for (StaticFile file : ClientFiles.read().all()) {
      if (StaticFile.isKnown(file.name())) {
        files.put("client/" + file.name(), file.plain().bytes().getBytes());
      }
    }
    return new ConsoleFiles(files, frameAncestors);
  }

  private static Map<String, byte[]> filesOfConsole() {
    URL page = ConsoleFiles.class.getResource(FOLDER + CONSOLE);
    if (page == null) {
      throw new ConfigException(
          "the configuration",
          List.of("console.enabled, portal.enabled: this build has no pages to serve"));
    }
    try {
      return page.getProtocol().equals("jar") ? ofJar(page) : ofFolder(page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, byte[]> ofJar(URL page) throws IOException {
    JarURLConnection connection = (JarURLConnection) page.openConnection();
    connection.setUseCaches(false);
    Map<String, byte[]> files = new TreeMap<>();
    String folder = FOLDER.substring(1);
    try (JarFile jar = connection.getJarFile()) {
      for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
        if (entry.getName().startsWith(folder) && StaticFile.isKnown(entry.getName())) {
          try (InputStream bytes = jar.getInputStream(entry)) {
            files.put(entry.getName().substring(folder.length()), bytes.readAllBytes());
          }
        }
      }
    }
    return files;
  }

  private static Map<String, byte[]> ofFolder(URL page) throws IOException, URISyntaxException {
    Path folder = requireNonNull(Path.of(page.toURI()).getParent());
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> found = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) found.filter(Files::isRegularFile)::iterator) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        if (StaticFile.isKnown(name)) {
          files.put(name, Files.readAllBytes(file));
        }
      }
    }
    return files;
  }

  private static String versionOf(Map<String, byte[]> files) {
    String all =
        files.entrySet().stream()
            .map(file -> file.getKey() + ' ' + Hashes.hex("SHA-256", file.getValue()))
            .collect(Collectors.joining("\n"));
    return Hashes.hex("SHA-256", all.getBytes(StandardCharsets.UTF_8)).substring(0, VERSION_LENGTH);
  }

  private String page(Map<String, byte[]> files, String name) {
    byte[] html = requireNonNull(files.get(name), () -> FOLDER + name + " is missing in this jar");
    return new String(html, StandardCharsets.UTF_8).replace(PLACEHOLDER, version);
  }

  Page console() {
    return console;
  }

  Page portal() {
    return portal;
  }

  /**
   * Returns a file that pages load; null if there is none at that path.
   *
   * @param path below the root of the pages: the file's name, with or without the hash of all files
   *     and a slash before it
   */
  @Nullable StaticFile asset(String path) {
    return assets.get(isVersioned(path) ? path.substring(version.length() + 1) : path);
  }

  /** Whether the file at that path never changes. */
  boolean isVersioned(String path) {
    return path.startsWith(version + "/");
  }

  /** Whether a path below the root of the pages is that of a file, not of a screen. */
  static boolean isOfFile(String path) {
    return StaticFile.isKnown(path) || path.matches("[0-9a-f]{" + VERSION_LENGTH + "}/.*");
  }
}
