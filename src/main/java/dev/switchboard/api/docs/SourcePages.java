package dev.switchboard.api.docs;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * Reads the Markdown files and the images from the class path: all below {@code docs/}, whatever
 * their names, and the page of the JavaScript client. Blocks; not for event loops.
 */
final class SourcePages {
  private static final String ROOT = "/docs/";
  private static final String ORDER = "order.txt";
  private static final String ENTRANCE = "index";

  private SourcePages() {}

  static List<SourcePage> read() {
    List<SourcePage> pages = new ArrayList<>();
    for (String name : names(".md")) {
      String path = name.substring(0, name.length() - ".md".length());
      pages.add(
          new SourcePage(path.equals(ENTRANCE) ? "" : path, "src/docs/" + name, text(ROOT + name)));
    }
    pages.add(
        new SourcePage(
            "reference/javascript-client", "src/main/js/README.md", text("/client/README.md")));
    return pages;
  }

  /** Returns the paths of all images below {@code docs/}. */
  static List<String> images() {
    return names(".png");
  }

  static byte[] image(String path) {
    return bytes(ROOT + path);
  }

  /** Returns the paths of pages and sections in the order in which they are shown. */
  static List<String> order() {
    return text(ROOT + ORDER).lines().filter(line -> !line.startsWith("#")).toList();
  }

  static String text(String resource) {
    return new String(bytes(resource), StandardCharsets.UTF_8);
  }

  static byte[] bytes(String resource) {
    try (InputStream file =
        requireNonNull(
            SourcePages.class.getResourceAsStream(resource), () -> resource + " is missing")) {
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> names(String extension) {
    URL known =
        requireNonNull(
            SourcePages.class.getResource(ROOT + ORDER), () -> ROOT + ORDER + " is missing");
    try {
      return known.openConnection() instanceof JarURLConnection jar
          ? namesInJar(jar, extension)
          : namesBelow(
              requireNonNull(Path.of(URI.create(known.toString())).getParent()), extension);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens the jar again: the one of the class loader must stay open. */
  private static List<String> namesInJar(JarURLConnection connection, String extension)
      throws IOException {
    Path file = Path.of(URI.create(connection.getJarFileURL().toString()));
    String root = ROOT.substring(1);
    try (JarFile jar = new JarFile(file.toFile())) {
      return jar.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.startsWith(root) && name.endsWith(extension))
          .map(name -> name.substring(root.length()))
          .sorted()
          .toList();
    }
  }

  private static List<String> namesBelow(Path directory, String extension) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .map(file -> directory.relativize(file).toString().replace('\\', '/'))
          .filter(name -> name.endsWith(extension))
          .sorted()
          .toList();
    }
  }
}
