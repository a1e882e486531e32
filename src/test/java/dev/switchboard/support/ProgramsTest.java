package dev.switchboard.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** A missing program aborts a test and is reported, or fails it in continuous integration. */
class ProgramsTest {
  @TempDir Path directory;

  private Path report() {
    return directory.resolve("tests-not-run.txt");
  }

  private Programs programs(boolean everyTestMustRun) {
    return new Programs(List.of(directory.resolve("bin")), everyTestMustRun, report());
  }

  private Path file(boolean executable) throws IOException {
    Path file = Files.createDirectories(directory.resolve("bin")).resolve("tool");
    Files.writeString(file, "#!/bin/sh\n");
    assertThat(file.toFile().setExecutable(executable)).isTrue();
    return file;
  }

  @Test
  void findsAnInstalledProgram() throws IOException {
    Path file = file(true);

    assertThat(programs(true).require("tool", "SomeIT")).isEqualTo(file.toString());
    assertThat(report()).doesNotExist();
  }

  @Test
  void reportsEachTestWhoseProgramIsMissing() throws IOException {
    Programs programs = programs(false);
    Path unused = file(false);

    for (String test : List.of("SomeIT.first", "SomeIT.second")) {
      assertThatThrownBy(() -> assertThat(programs.require("tool", test)).isEmpty())
          .isInstanceOf(TestAbortedException.class)
          .hasMessageContaining("needs the program tool");
    }

    assertThat(report())
        .hasContent(
            "SomeIT.first: needs the program tool\nSomeIT.second: needs the program tool\n");
  }

  @Test
  void failsInContinuousIntegration() {
    Programs programs = programs(true);

    assertThatThrownBy(() -> assertThat(programs.require("tool", "SomeIT")).isEmpty())
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll("SomeIT", "tool", ".ci/run");
    assertThat(report()).doesNotExist();
  }
}
