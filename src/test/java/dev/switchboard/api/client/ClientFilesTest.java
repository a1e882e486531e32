package dev.switchboard.api.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.api.files.StaticFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files that nodes serve are those of the client's source. */
class ClientFilesTest {
  private static final Path SOURCES = Path.of("src/main/js");

  @Test
  void listsEveryModuleAndItsTypes() throws IOException {
    try (Stream<Path> sources = Files.list(SOURCES)) {
      List<String> names =
          sources
              .map(path -> path.getFileName().toString())
              .filter(name -> name.endsWith(".js") || name.endsWith(".d.ts"))
              .toList();

      assertThat(ClientFiles.NAMES).containsExactlyInAnyOrderElementsOf(names);
    }
  }

  @Test
  void holdsTheBytesOfTheSources() throws IOException {
    ClientFiles files = ClientFiles.read();

    for (String name : ClientFiles.NAMES) {
      StaticFile file = requireNonNull(files.file(name), name);
      assertThat(file.plain().bytes().getBytes())
          .as(name)
          .isEqualTo(Files.readAllBytes(SOURCES.resolve(name)));
    }
  }

  @Test
  void versionIsTheSameForTheSameFiles() {
    assertThat(ClientFiles.read().version()).isEqualTo(ClientFiles.read().version());
  }

  @Test
  void contentsThatDifferHaveOtherTagsAndIntegrityValues() {
    StaticFile one = StaticFile.of("a.js", new byte[] {1});
    StaticFile other = StaticFile.of("a.js", new byte[] {2});

    assertThat(
            Stream.of(one.plain(), one.gzipped(), other.plain(), other.gzipped())
                .map(StaticFile.Content::entityTag)
                .distinct())
        .hasSize(4);
    assertThat(one.integrity()).isNotEqualTo(other.integrity());
  }
}
