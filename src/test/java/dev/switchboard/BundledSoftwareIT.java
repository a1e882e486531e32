package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.XZInputStream;

/** What the fat jar contains, lists and may be used under. */
class BundledSoftwareIT {
  private static final String SBOM = "META-INF/sbom/application.cdx.json";
  private static final String LICENSES = "META-INF/licenses/";

  private static ZipFile jar;

  /** Size and checksum of the content of a file. */
  private record Content(long size, long crc) {
    static Content of(ZipEntry entry) {
      return new Content(entry.getSize(), entry.getCrc());
    }
  }

  /** One line of the list of licences. */
  private record Terms(String part, String license, String text) {
    static Terms parse(String line) {
      String[] columns = line.split(" +");
      assertThat(columns).as(line).hasSize(3);
      return new Terms(columns[0], columns[1], columns[2]);
    }

    boolean applyTo(String component) {
      return part.equals(component)
          || (part.endsWith(":*") && component.startsWith(part.substring(0, part.length() - 1)));
    }
  }

  @BeforeAll
  static void openJar() throws IOException {
    jar = new ZipFile(System.getProperty("switchboard.jar", "target/switchboard.jar"));
  }

  @AfterAll
  static void closeJar() throws IOException {
    jar.close();
  }

  private static String text(String name) throws IOException {
    ZipEntry entry = jar.getEntry(name);
    assertThat(entry).as(name).isNotNull();
    try (InputStream content = jar.getInputStream(entry)) {
      return new String(content.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<JsonObject> components() throws IOException {
    assertThat(jar.getEntry(SBOM)).as(SBOM + ", which Maven leaves out with -o").isNotNull();
    JsonArray components = new JsonObject(text(SBOM)).getJsonArray("components");
    return components.stream().map(JsonObject.class::cast).toList();
  }

  private static List<Terms> terms() throws IOException {
    return text(LICENSES + "list.txt")
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(Terms::parse)
        .toList();
  }

  @Test
  void componentsOfTheSbomAreTheLibrariesInTheJar() throws IOException {
    Set<String> listed = new TreeSet<>();
    for (JsonObject component : components()) {
      listed.add(fileName(component));
    }

    assertThat(listed).hasSizeGreaterThan(40).isEqualTo(librariesInTheJar());
  }

  private static String fileName(JsonObject component) {
    String purl = component.getString("purl");
    String classifier =
        purl.contains("classifier=") ? "-" + purl.replaceFirst(".*classifier=([^&]*).*", "$1") : "";
    return component.getString("name") + "-" + component.getString("version") + classifier + ".jar";
  }

  /** Those of the class path of the tests with a program or script that the jar contains. */
  private static Set<String> librariesInTheJar() throws IOException {
    Set<Content> contents = new HashSet<>();
    jar.stream().map(Content::of).forEach(contents::add);
    Set<String> found = new TreeSet<>();
    for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (path.endsWith(".jar") && hasPartIn(contents, Path.of(path))) {
        found.add(Path.of(path).getFileName().toString());
      }
    }
    return found;
  }

  private static boolean hasPartIn(Set<Content> contents, Path library) throws IOException {
    try (ZipFile file = new ZipFile(library.toFile())) {
      return file.stream()
          .filter(entry -> isProgram(entry.getName()))
          .anyMatch(entry -> contents.contains(Content.of(entry)));
    }
  }

  private static boolean isProgram(String name) {
    return name.matches(".*\\.(?:class|so|txz)|.*\\.module\\.js|redis-server-.*")
        && !name.endsWith("module-info.class");
  }

  @Test
  void everythingInTheJarHasALicenceWithItsText() throws IOException {
    List<Terms> terms = terms();
    Set<String> parts = new TreeSet<>(serversInTheJar());
    for (JsonObject component : components()) {
      parts.add(component.getString("group") + ":" + component.getString("name"));
    }
    parts.add("dev.switchboard:switchboard");
    for (String part : parts) {
      List<Terms> found = terms.stream().filter(line -> line.applyTo(part)).toList();

      assertThat(found).as("lines of %slist.txt for %s", LICENSES, part).hasSize(1);
      assertThat(text(found.get(0).text())).as(part).hasSizeGreaterThan(300);
    }
  }

  @Test
  void licencesAreThoseThatTheLibrariesDeclare() throws IOException {
    for (JsonObject component : components()) {
      String part = component.getString("group") + ":" + component.getString("name");
      Set<String> declared = new TreeSet<>();
      for (Object choice : component.getJsonArray("licenses", new JsonArray())) {
        Optional.ofNullable(((JsonObject) choice).getJsonObject("license"))
            .map(license -> license.getString("id"))
            .ifPresent(declared::add);
      }

      assertThat(terms().stream().filter(line -> line.applyTo(part)).map(Terms::license))
          .as(part)
          .allMatch(license -> declared.isEmpty() || declared.contains(license));
    }
  }

  @Test
  void ownLicenceAndNoticeAreWhereToolsLookForThem() throws IOException {
    assertThat(text("META-INF/LICENSE")).isEqualTo(Files.readString(Path.of("LICENSE")));
    assertThat(text("META-INF/NOTICE")).startsWith("Switchboard\n").contains("META-INF/licenses/");
    assertThat(text("META-INF/MANIFEST.MF")).contains("Sbom-Location: " + SBOM);
  }

  /** A text of a library that is not in the jar would mislead; {@code -Dproduction} has fewer. */
  @Test
  void textsOfLibrariesAreOfThoseInTheJar() throws IOException {
    Set<String> names = new HashSet<>();
    for (JsonObject component : components()) {
      names.add(component.getString("name"));
    }

    assertThat(jar.stream().map(ZipEntry::getName))
        .filteredOn(name -> name.startsWith(LICENSES) && name.indexOf('/', LICENSES.length()) > 0)
        .allMatch(
            name -> names.stream().anyMatch(library -> name.startsWith(LICENSES + library + "-")));
  }

  @Test
  void nothingTellsWhenOrWhereItWasBuilt() throws IOException {
    assertThat(new JsonObject(text(SBOM)).getJsonObject("metadata").containsKey("timestamp"))
        .isFalse();
    assertThat(text("META-INF/MANIFEST.MF"))
        .doesNotContainIgnoringCase("Built-By", "Build-Time", System.getProperty("user.dir"));
  }

  /** The servers that the jar carries, and the libraries in the archive of Postgres. */
  private static Set<String> serversInTheJar() throws IOException {
    Set<String> servers = new TreeSet<>();
    for (String name : jar.stream().map(ZipEntry::getName).toList()) {
      if (name.startsWith("redis-server-")) {
        servers.addAll(List.of("server:redis", "server:redis-openssl", "server:redis-musl"));
      } else if (name.endsWith(".txz")) {
        servers.add("server:postgresql");
        librariesOfArchive(name).forEach(library -> servers.add("server:" + library));
      }
    }
    return servers;
  }

  private static Set<String> librariesOfArchive(String name) throws IOException {
    Set<String> libraries = new TreeSet<>();
    try (TarArchiveInputStream archive =
        new TarArchiveInputStream(
            new XZInputStream(new BufferedInputStream(jar.getInputStream(jar.getEntry(name)))))) {
      for (TarArchiveEntry entry = archive.getNextEntry();
          entry != null;
          entry = archive.getNextEntry()) {
        if (entry
            .getName()
            .matches(
                "(?:\\./)?lib/lib[^/]+\\.(?:so|dylib).*|(?:\\./)?lib/lib[^/]+\\.\\d+\\.dylib")) {
          libraries.add(entry.getName().replaceFirst(".*/(lib[A-Za-z0-9_-]+?)\\..*", "$1"));
        }
      }
    }
    return libraries;
  }

  /** With {@code -Dproduction} it has neither. */
  @Test
  void whatUnpacksServersIsThereIfServersAre() {
    Set<String> names = new TreeSet<>(jar.stream().map(ZipEntry::getName).toList());
    boolean hasArchive = names.stream().anyMatch(name -> name.endsWith(".txz"));

    assertThat(names.stream().anyMatch(name -> name.startsWith("org/apache/commons/compress/")))
        .isEqualTo(hasArchive);
    assertThat(names.stream().anyMatch(name -> name.startsWith("org/tukaani/")))
        .isEqualTo(hasArchive);
  }

  @Test
  void jarHasNoClassesOfTestsAndCompilers() {
    assertThat(jar.stream().map(ZipEntry::getName))
        .noneMatch(
            name ->
                Stream.of(
                        "io/zonky/",
                        "redis/embedded/",
                        "com/google/protobuf/",
                        "com/google/errorprone/")
                    .anyMatch(name::startsWith))
        .noneMatch(name -> name.contains("/shaded/com_google_protobuf"));
  }
}
