package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.api.http.Problem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The documentation hangs together: its links, its sizes, and what it repeats of the code. */
class DocsTest {
  private static final Path DOCS = Path.of("src/docs");
  private static final Path CHANGELOG = DOCS.resolve("changelog.md");
  private static final List<Path> OTHERS =
      List.of(
          Path.of("README.md"),
          Path.of(".github/CONTRIBUTING.md"),
          Path.of("src/main/js/README.md"));

  private static final int MAX_PAGE = 15 * 1024;
  private static final int MAX_README = 12 * 1024;
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("#{1,6} (.*)");
  private static final Pattern COMMAND =
      Pattern.compile("^\\| `([a-z]+)[^|]*` \\|", Pattern.MULTILINE);
  private static final Pattern PROBLEM = Pattern.compile("\\| (\\d{3}) \\| (`/problems/[^|]*) \\|");

  @Test
  void everyLinkAndAnchorResolves() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path file : Stream.concat(pages().stream(), OTHERS.stream()).toList()) {
      for (String link : links(file)) {
        links++;
        if (!resolves(file, link)) {
          broken.add(file + ": " + link);
        }
      }
    }

    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(150);
  }

  private static boolean resolves(Path file, String link) throws IOException {
    URI uri = URI.create(link);
    if (uri.isAbsolute()) {
      return true;
    }
    Path target = uri.getPath().isEmpty() ? file : file.resolveSibling(uri.getPath()).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return uri.getFragment() == null || anchors(target).contains(uri.getFragment());
  }

  /** Code blocks and code in a line contain no links. */
  private static List<String> links(Path file) throws IOException {
    return text(file)
        .flatMap(line -> LINK.matcher(line.replaceAll("`[^`]*`", "")).results())
        .map(link -> link.group(1))
        .toList();
  }

  private static Set<String> anchors(Path file) throws IOException {
    Set<String> anchors = new LinkedHashSet<>();
    text(file)
        .map(HEADING::matcher)
        .filter(Matcher::matches)
        .forEach(heading -> addAnchor(anchors, heading.group(1)));
    return anchors;
  }

  /** As forges do: lower case, a hyphen for a space, and a number for a repeated heading. */
  private static void addAnchor(Set<String> anchors, String heading) {
    String base =
        heading
            .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^\\p{L}\\p{N}_ -]", "")
            .replace(' ', '-');
    String anchor = base;
    for (int n = 1; !anchors.add(anchor); n++) {
      anchor = base + "-" + n;
    }
  }

  private static Stream<String> text(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    boolean code = false;
    for (String line : Files.readAllLines(file)) {
      code ^= line.startsWith("```");
      if (!code) {
        lines.add(line);
      }
    }
    return lines.stream();
  }

  @Test
  void noPageIsLongAndTheReadmeIsShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path page : pages()) {
      if (!page.equals(CHANGELOG) && Files.size(page) > MAX_PAGE) {
        tooLong.add(page + ": split it, " + Files.size(page) + " bytes");
      }
    }

    assertThat(tooLong).isEmpty();
    assertThat(Files.size(Path.of("README.md"))).isLessThanOrEqualTo(MAX_README);
  }

  @Test
  void everyPageBeginsWithItsTitleAndItsPurpose() throws IOException {
    for (Path page : pages()) {
      List<String> lines = Files.readAllLines(page);

      assertThat(lines.get(0)).as("%s: title", page).matches("# \\S.*");
      assertThat(lines.get(1)).as("%s: line after the title", page).isEmpty();
      assertThat(lines.get(2)).as("%s: purpose", page).matches("[\\p{L}\\[`].*");
    }
  }

  @Test
  void orderNamesOnlyWhatIsThere() throws IOException {
    assertThat(Files.readAllLines(DOCS.resolve("order.txt")))
        .filteredOn(line -> !line.startsWith("#") && !line.equals("reference/javascript-client"))
        .doesNotHaveDuplicates()
        .allMatch(
            line ->
                Files.isDirectory(DOCS.resolve(line))
                    || Files.isRegularFile(DOCS.resolve(line + ".md")));
  }

  @Test
  void errorCodesListEveryProblemWithItsStatus() throws IOException {
    Set<String> listed = new TreeSet<>();
    PROBLEM
        .matcher(Files.readString(DOCS.resolve("reference/error-codes.md")))
        .results()
        .forEach(row -> addProblems(row, listed));

    assertThat(listed)
        .isEqualTo(
            new TreeSet<>(
                Arrays.stream(Problem.Kind.values())
                    .map(kind -> kind.status() + " " + kind.type())
                    .toList()));
  }

  private static void addProblems(MatchResult row, Set<String> listed) {
    for (String type : row.group(2).replace("`", "").split(", ")) {
      listed.add(row.group(1) + " " + type);
    }
  }

  @Test
  void commandsAreThoseOfTheProgram() throws IOException {
    Set<String> listed = new TreeSet<>();
    COMMAND
        .matcher(Files.readString(DOCS.resolve("reference/commands.md")))
        .results()
        .forEach(row -> listed.add(row.group(1)));

    assertThat(listed)
        .isEqualTo(new TreeSet<>(new CommandLine(Main.class).getSubcommands().keySet()));
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(DOCS)) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
    }
  }
}
