package dev.switchboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every sub-command with files that are not what they should be: it ends with exit code 2 and says
 * why in a line, without a stack trace and without anything that the file contains.
 */
class OddInputTest {
  private static final String CONTENT = "sbk_hunter2";
  private static final Map<String, Path> FILES = new TreeMap<>();

  @TempDir static Path directory;

  private static ServerSocketChannel socket;
  private static Path secret;

  /** What a command printed and how it ended. */
  private record Result(int exitCode, String out, String err) {}

  @BeforeAll
  static void makeFiles() throws Exception {
    secret = Files.writeString(directory.resolve("secret"), "your-secret-key");
    write("two lines", CONTENT + "\n" + CONTENT + "\n");
    write("not ASCII", CONTENT + "é\n");
    write("NUL", CONTENT + "\u0000");
    write("empty", "");
    write("mark only", "\uFEFF\n");
    FILES.put("not UTF-8", Files.write(directory.resolve("latin1"), new byte[] {'s', (byte) 0xe9}));
    FILES.put("directory", Files.createDirectory(directory.resolve("folder")));
    FILES.put("missing", directory.resolve("nowhere"));
    Path huge = directory.resolve("huge");
    try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
      file.setLength(40 << 20);
    }
    FILES.put("huge", huge);
    Path path = directory.resolve("socket");
    socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    socket.bind(UnixDomainSocketAddress.of(path));
    FILES.put("unreadable", path);
  }

  private static void write(String name, String content) throws IOException {
    FILES.put(name, Files.writeString(directory.resolve(name.replace(' ', '-')), content));
  }

  @AfterAll
  static void close() throws IOException {
    socket.close();
  }

  private static Result run(String... words) {
    String[] arguments =
        Stream.of(words)
            .map(word -> word.equals("SECRET") ? secret.toString() : word)
            .toArray(String[]::new);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode = Main.run(out, err, arguments);
    return new Result(exitCode, out.toString(UTF_8), err.toString(UTF_8));
  }

  static Stream<Arguments> filesOfCredentials() {
    return combined(
        List.of(
            "publish --type alert --tenant t --url http://127.0.0.1:1 --token-file",
            "listen --url http://127.0.0.1:1 --token-file",
            "listen --sse --url http://127.0.0.1:1 --token-file"),
        List.of());
  }

  static Stream<Arguments> filesOfSecrets() {
    return combined(
        List.of("verify --body pom.xml -H webhook-signature:v1,AA --secret-file"),
        List.of("not ASCII"));
  }

  static Stream<Arguments> filesOfBodies() {
    return Stream.of("directory", "missing", "huge", "unreadable")
        .map(
            file ->
                Arguments.of(
                    file, "verify --secret-file SECRET -H webhook-signature:v1,AA --body"));
  }

  static Stream<Arguments> filesOfConfiguration() {
    return combined(
        List.of(
            "run --config",
            "check --config",
            "migrate --config",
            "token --tenant t --user u --config",
            "rekey --config",
            "key list --config",
            "key revoke 1 --config",
            "key create --name n --config",
            "key widget list --config",
            "key widget revoke 1 --config",
            "key widget create --name n --tenant t --origin * --config"),
        List.of());
  }

  private static Stream<Arguments> combined(List<String> commands, List<String> except) {
    return Stream.of(
            "two lines",
            "not ASCII",
            "NUL",
            "empty",
            "mark only",
            "not UTF-8",
            "directory",
            "missing",
            "huge",
            "unreadable")
        .filter(file -> !except.contains(file))
        .flatMap(file -> commands.stream().map(command -> Arguments.of(file, command)));
  }

  @ParameterizedTest(name = "{1} ({0})")
  @MethodSource({"filesOfCredentials", "filesOfSecrets", "filesOfBodies"})
  void oddFileIsNamedInOneLine(String file, String command) {
    Result result = runWith(file, command);

    assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
    assertThat(result.err().lines()).as(result.err()).hasSize(1);
    assertThat(result.err()).startsWith("switchboard: ").contains(pathOf(file));
    assertNothingShown(result);
  }

  @ParameterizedTest(name = "{1} ({0})")
  @MethodSource("filesOfConfiguration")
  void oddConfigurationIsNamedWithItsProblem(String file, String command) {
    Result result = runWith(file, command);

    assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
    assertThat(result.err().lines()).as(result.err()).hasSize(2);
    assertThat(result.err()).startsWith("switchboard: " + pathOf(file) + " has 1 problem:");
    assertNothingShown(result);
  }

  private static Result runWith(String file, String command) {
    return run((command + " " + pathOf(file)).split(" "));
  }

  private static String pathOf(String file) {
    return requireNonNull(FILES.get(file)).toString();
  }

  private static void assertNothingShown(Result result) {
    assertThat(result.out() + result.err()).doesNotContain("hunter2").doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"listen --url http://127.0.0.1:1 --token-file", "check --config"})
  void pipeWithoutAWriterIsNotWaitedForWithoutEnd(String command) throws Exception {
    Path pipe = directory.resolve("pipe of " + command.split(" ")[0]);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
    arguments.add(pipe.toString());

    Result result = run(arguments.toArray(String[]::new));

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("did not end within").contains(pipe.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "publish --token sbk_hunter2",
        "publish sbk_hunter2",
        "listen --token=sbk_hunter2",
        "verify --secret hunter2",
        "verify --secret-file SECRET --body pom.xml -H Authorization-Bearer-hunter2",
        "verify --secret-file SECRET --body pom.xml -H a:b --at 9223372036854775807",
        "verify --at soon",
        "token --password=hunter2",
        "check --confg hunter2",
        "listen --count many",
        "nonsense",
        "key",
        "key revoke"
      })
  void wrongArgumentsAreOneLineWithoutTheirValues(String command) {
    Result result = run(command.split(" "));

    assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
    assertThat(result.err().lines()).as(result.err()).hasSize(1);
    assertNothingShown(result);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "--version",
        "check --offline",
        "run --help",
        "check --help",
        "migrate --help",
        "key --help",
        "key list --help",
        "key widget --help",
        "token --help",
        "rekey --help",
        "verify --help",
        "publish --help",
        "listen --help"
      })
  void outputThatCannotBeWrittenIsOneLineAndExitCode2(String command) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    int exitCode = Main.run(new ClosedPipe(), err, command.split(" "));

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString(UTF_8))
        .isEqualTo(
            "switchboard: standard output was closed before everything was written"
                + System.lineSeparator());
  }

  /** Standard output whose reader has gone. */
  private static final class ClosedPipe extends OutputStream {
    @Override
    public void write(int octet) throws IOException {
      throw new IOException("Broken pipe");
    }
  }
}
