package dev.switchboard.redis;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every script documents what it does, and is used by a class or by another script. */
class LuaScriptTest {
  private static final Path SCRIPTS = Path.of("src/main/resources/lua");
  private static final Path SOURCES = Path.of("src/main/java");

  @Test
  void everyScriptBeginsWithAHeader() throws IOException {
    for (Path script : files(SCRIPTS, ".lua")) {
      List<String> header =
          Files.readAllLines(script).stream().takeWhile(line -> line.startsWith("--")).toList();

      assertThat(header).as("%s", script).hasSizeGreaterThan(3);
      assertThat(header).as("%s", script).anyMatch(line -> line.matches("-- [A-Z].*"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void scriptDocumentsItsResultAndWhyItIsAtomic(LuaScript script) throws IOException {
    String text = Files.readString(SCRIPTS.resolve(script.path() + ".lua"));

    assertThat(text).contains("-- Returns ").contains("-- Atomic because ");
  }

  /** As in {@code local member = ARGV[2] -- string: the session's member name}. */
  @Test
  void everyKeyAndArgumentIsBoundToACommentedLocal() throws IOException {
    Pattern use = Pattern.compile("(KEYS|ARGV)\\[\\d+]");
    Pattern binding =
        Pattern.compile("local \\w+ = (tonumber\\()?(KEYS|ARGV)\\[\\d+]\\)? -- [a-z ]+: .+");
    int bound = 0;
    for (Path script : files(SCRIPTS, ".lua")) {
      for (String line : Files.readAllLines(script)) {
        if (use.matcher(line).find()) {
          bound++;
          assertThat(line).as("%s", script).matches(binding);
        }
      }
    }
    assertThat(bound).isGreaterThan(40);
  }

  @Test
  void everyScriptIsListedOrRequiredByAnother() throws IOException {
    Set<String> listed = Stream.of(LuaScript.values()).map(LuaScript::path).collect(toSet());
    String scripts = scripts();
    for (Path script : files(SCRIPTS, ".lua")) {
      String name = SCRIPTS.relativize(script).toString().replace(".lua", "").replace('\\', '/');
      String shortName = name.substring(name.lastIndexOf('/') + 1);

      assertThat(listed.contains(name) || scripts.contains("-- require: " + shortName + "\n"))
          .as("%s is unused", name)
          .isTrue();
    }
  }

  @Test
  void everyListedScriptIsUsed() throws IOException {
    String classes = text(files(SOURCES, ".java"));

    assertThat(LuaScript.values())
        .allMatch(script -> classes.contains("LuaScript." + script.name()));
  }

  @Test
  void everyListedScriptIsLoadedOnNewConnections() {
    assertThat(LuaScript.sources())
        .hasSameSizeAs(LuaScript.values())
        .allMatch(source -> source.contains("redis.call("));
  }

  @Test
  void everyCommandOfAScriptIsAmongTheDocumentedRights() throws IOException {
    String page = Files.readString(Path.of("src/docs/operate/redis.md"));
    String rights =
        page.lines().filter(l -> l.startsWith("ACL SETUSER")).findFirst().orElseThrow() + " ";
    Matcher call = Pattern.compile("redis\\.call\\(\\s*'([A-Z]+)'").matcher(scripts());
    int calls = 0;
    while (call.find()) {
      calls++;
      assertThat(rights).contains(" +" + call.group(1).toLowerCase(Locale.ROOT) + " ");
    }
    assertThat(calls).isGreaterThan(50);
  }

  private static String scripts() throws IOException {
    return text(files(SCRIPTS, ".lua"));
  }

  private static List<Path> files(Path root, String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(suffix)).toList();
      assertThat(found).isNotEmpty();
      return found;
    }
  }

  private static String text(List<Path> files) {
    StringBuilder text = new StringBuilder();
    for (Path file : files) {
      try {
        text.append(Files.readString(file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return text.toString();
  }
}
