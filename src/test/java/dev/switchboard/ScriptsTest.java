package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code scripts/run} and {@code scripts/test} in a copy of the project's outline, with an {@code
 * mvn} and a {@code java} that only write down how they were called.
 */
class ScriptsTest {
  private static final String BUILDS_THE_JAR =
      "mkdir -p target/classes; touch target/switchboard.jar";

  @TempDir Path directory;

  private Path project;

  /** How a script ended, and its standard output. */
  private record Result(int exitCode, String out) {}

  @BeforeEach
  void copyProject() throws IOException {
    project = directory.resolve("with a space");
    for (String script : List.of("run", "test", "lib/common.sh")) {
      Path copy = project.resolve("scripts").resolve(script);
      Path unused = Files.createDirectories(copy.resolveSibling("."));
      unused = Files.copy(Path.of("scripts", script), copy);
    }
    Path unused = Files.createDirectories(project.resolve("src/main"));
    unused = Files.writeString(project.resolve("pom.xml"), "<project/>");
    program("java", "");
    program("mvn", BUILDS_THE_JAR);
  }

  /** Puts a program on PATH that notes its call and then runs these shell commands. */
  private void program(String name, String commands) throws IOException {
    Path file = Files.createDirectories(directory.resolve("bin")).resolve(name);
    Path unused =
        Files.writeString(
            file,
            "#!/bin/bash\necho \"%s $* LC_ALL=$LC_ALL\" >>'%s'\n%s\n"
                .formatted(name, directory.resolve("calls"), commands));
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Result script(String name, String... arguments) throws Exception {
    List<String> command =
        Stream.concat(
                Stream.of("bash", project.resolve("scripts").resolve(name).toString()),
                Stream.of(arguments))
            .toList();
    Path out = directory.resolve("out");
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD).environment().put("LC_ALL", "C");
    builder.environment().merge("PATH", directory.resolve("bin") + ":", (path, bin) -> bin + path);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), Files.readString(out));
  }

  private List<String> calls(String program) throws IOException {
    Path calls = directory.resolve("calls");
    return Files.readAllLines(calls).stream().filter(call -> call.startsWith(program)).toList();
  }

  @Test
  void runBuildsTheJarOnce() throws Exception {
    assertThat(script("run").exitCode()).isZero();
    assertThat(script("run").exitCode()).isZero();

    assertThat(calls("mvn")).hasSize(1);
    assertThat(calls("java"))
        .hasSize(2)
        .allMatch(call -> call.contains("-jar target/switchboard.jar run --development"));
  }

  @Test
  void runBuildsAgainAfterAnInterruptedBuild() throws Exception {
    program("mvn", BUILDS_THE_JAR + "; touch target/classes/Half.class; kill -s KILL $PPID $$");
    assertThat(script("run").exitCode()).isNotZero();
    assertThat(calls("java")).isEmpty();

    program("mvn", BUILDS_THE_JAR);
    assertThat(script("run").exitCode()).isZero();
    assertThat(script("run").exitCode()).isZero();

    assertThat(calls("mvn")).hasSize(2);
    assertThat(calls("java")).hasSize(2);
    assertThat(project.resolve("target/classes/Half.class")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"25.0.1+8, -XX:AOTCache=", "17.0.15+6-Debian, -XX:SharedArchiveFile="})
  void runUsesTheClassDataOfThisJarAndRuntime(String version, String option) throws Exception {
    // Given
    String release = "JAVA_RUNTIME_VERSION=\"" + version + "\"";
    Path unused = Files.writeString(directory.resolve("release"), release);
    program("mvn", BUILDS_THE_JAR + "; touch target/switchboard-" + version + ".classes");

    // When
    Result run = script("run");

    // Then
    assertThat(run.exitCode()).isZero();
    assertThat(calls("java"))
        .singleElement()
        .asString()
        .contains(option + "target/switchboard-" + version + ".classes", "-jar target");
  }

  @Test
  void imageStartsTheJvmWithTheOptionsOfRun() throws Exception {
    // Given
    program("mvn", BUILDS_THE_JAR);
    List<String> entryPoint =
        Files.readAllLines(Path.of("Dockerfile")).stream()
            .dropWhile(line -> !line.startsWith("ENTRYPOINT"))
            .toList();

    // When
    assertThat(script("run").exitCode()).isZero();

    // Then
    String call = calls("java").get(0);
    List<String> options =
        Stream.of(call.split(" ")).filter(word -> word.startsWith("-XX:")).toList();
    assertThat(options).isNotEmpty();
    assertThat(String.join("", entryPoint)).contains(options);
  }

  @Test
  void javaCanOpenEveryPath() throws Exception {
    assertThat(script("run").exitCode()).isZero();
    assertThat(script("test").exitCode()).isZero();

    assertThat(calls("")).hasSize(3).allMatch(call -> call.endsWith("LC_ALL=C.UTF-8"));
  }

  @Test
  void testListsAtItsEndWhatDidNotRun() throws Exception {
    program(
        "mvn", "echo BUILD; mkdir -p target; echo 'SomeIT: needs x' >>target/tests-not-run.txt");
    assertThat(script("test", "-DskipITs").exitCode()).isZero();

    Result again = script("test");

    assertThat(again.exitCode()).isZero();
    assertThat(again.out().lines())
        .startsWith("BUILD")
        .endsWith("These tests did not run; README.md names what they need:", "  SomeIT: needs x");
    assertThat(calls("mvn").get(0)).contains("verify", "-DskipITs");
  }

  @Test
  void testEndsWithTheExitCodeOfMaven() throws Exception {
    program("mvn", "exit 3");

    Result failed = script("test");

    assertThat(failed.exitCode()).isEqualTo(3);
    assertThat(failed.out()).isEmpty();
  }

  /** A renamed test would let Maven run nothing. */
  @Test
  void scriptsNameTestsThatExist() throws IOException {
    Pattern named = Pattern.compile("-Dit\\.test='?(\\w+)(?:#(\\w+))?");
    try (Stream<Path> scripts = Files.list(Path.of("scripts"))) {
      for (Path script : scripts.filter(Files::isRegularFile).toList()) {
        for (MatchResult test : named.matcher(Files.readString(script)).results().toList()) {
          String source = source(test.group(1));
          assertThat(source).as(script + " names " + test.group(1)).isNotEmpty();
          if (test.group(2) != null) {
            assertThat(source).as(script.toString()).contains("void " + test.group(2) + "(");
          }
        }
      }
    }
  }

  /** Source of the test class with that name; empty if there is none. */
  private static String source(String testClass) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      Path found =
          files.filter(file -> file.endsWith(testClass + ".java")).findFirst().orElse(null);
      return found == null ? "" : Files.readString(found);
    }
  }
}
