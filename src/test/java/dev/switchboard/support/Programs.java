package dev.switchboard.support;

import com.google.errorprone.annotations.CheckReturnValue;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * The programs besides JDK, Maven and bash that a few tests run. A test whose program is missing is
 * aborted and listed in a file, which {@code scripts/test} prints at its end; in continuous
 * integration ({@code CI=true}), where {@code .ci/run} installs the programs, it fails.
 */
@CheckReturnValue
public final class Programs {
  /** Each line names a test that did not run and says why. */
  static final Path REPORT = Path.of("target", "tests-not-run.txt");

  private final List<Path> directories;
  private final boolean everyTestMustRun;
  private final Path report;

  /** Looks in {@code directories} and appends to {@code report}. */
  Programs(List<Path> directories, boolean everyTestMustRun, Path report) {
    this.directories = directories;
    this.everyTestMustRun = everyTestMustRun;
    this.report = report;
  }

  /** The programs on PATH. */
  public static Programs installed() {
    List<Path> path =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .map(Path::of)
            .toList();
    return new Programs(path, "true".equals(System.getenv("CI")), REPORT);
  }

  /** The program's file, if it is installed. */
  public Optional<Path> find(String program) {
    return directories.stream()
        .map(directory -> directory.resolve(program))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /** The program's file; without it, {@code test} ends here as the class describes. */
  public String require(String program, String test) {
    return find(program)
        .map(Path::toString)
        .orElseThrow(() -> notRun(test, "needs the program " + program));
  }

  private RuntimeException notRun(String test, String reason) {
    if (everyTestMustRun) {
      throw new AssertionError(
          test + " " + reason + ", which .ci/run has to install; with CI=true every test must run");
    }
    try {
      Path unused =
          Files.writeString(
              report,
              test + ": " + reason + System.lineSeparator(),
              StandardOpenOption.CREATE,
              StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new TestAbortedException(reason);
  }
}
