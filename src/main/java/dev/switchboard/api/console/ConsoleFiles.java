package dev.switchboard.api.console;

import static java.util.Objects.requireNonNull;

import dev.switchboard.api.files.Hashes;
import dev.switchboard.api.files.StaticFile;
import dev.switchboard.api.scripts.CompactScript;
import dev.switchboard.api.scripts.CompactStyle;
import dev.switchboard.api.scripts.ModuleBundle;
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
 * <p>All modules of the pages are served as one: a page that was loaded needs nothing else of the
 * version that it came from. Comments and white space stay in the sources.
 *
 * <p>Where a page writes <code>{hash}</code> in an address, the node puts a hash of all files:
 * pages of one version load only files of that version.
 */
public final class ConsoleFiles {
  private static final String FOLDER = "/console/";
  private static final String CONSOLE = "index.html";
  private static final String PORTAL = "portal.html";

  /** Loads the pages; its address has no hash. */
  private static final String START = "start.js";

  private static final String PAGES = "pages.js";
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
   * Reads, packs and compresses the files, which takes some ten milliseconds and blocks; not for
   * event loops.
   *
   * @param frameAncestors origins whose pages may show the portal in a frame
   * @throws ConfigException if the jar was built without the pages
   */
  public static ConsoleFiles read(List<String> frameAncestors) {
    return new ConsoleFiles(served(filesOfConsole()), frameAncestors);
  }

  /** What becomes of the sources: one module of all, and everything else by itself. */
  private static Map<String, byte[]> served(Map<String, byte[]> sources) {
    Map<String, byte[]> served = new TreeMap<>();
    Map<String, String> modules = new TreeMap<>();
    sources.forEach(
        (name, bytes) -> {
          if (isModule(name)) {
            modules.put(name, new String(bytes, StandardCharsets.UTF_8));
          } else {
            served.put(name, compact(name, bytes));
          }
        });
    served.put(PAGES, ModuleBundle.of(modules, PAGES).getBytes(StandardCharsets.UTF_8));
    return served;
  }

  /** Libraries are in a folder of their own. */
  private static boolean isModule(String name) {
    return name.endsWith(".js") && !name.contains("/") && !name.equals(START);
  }

  private static byte[] compact(String name, byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (name.equals(START)) {
      return CompactScript.of(text).getBytes(StandardCharsets.UTF_8);
    }
    return name.endsWith(".css") ? CompactStyle.of(text).getBytes(StandardCharsets.UTF_8) : bytes;
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
