package dev.switchboard.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A code block of the documentation.
 *
 * @param page the file below {@code src/docs} without its ending, or {@code README}
 * @param language as the block names it; empty for none
 * @param text without the indentation of the block
 */
record CodeBlock(String page, String language, String text) {
  private static final Path DOCS = Path.of("src/docs");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^( *)```(\\w*)\\n(.*?)^ *```[ ]*$");

  /** Every block, page by page, in the order of each page. */
  static List<CodeBlock> all() {
    List<CodeBlock> blocks = new ArrayList<>(of("README", Path.of("README.md")));
    try (Stream<Path> files = Files.walk(DOCS)) {
      files
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .forEach(file -> blocks.addAll(of(name(file), file)));
      return blocks;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The blocks in any of these languages. */
  static List<CodeBlock> in(String... languages) {
    return all().stream()
        .filter(block -> Arrays.asList(languages).contains(block.language()))
        .toList();
  }

  private static String name(Path file) {
    return DOCS.relativize(file).toString().replaceFirst("\\.md$", "");
  }

  private static List<CodeBlock> of(String page, Path file) {
    try {
      List<CodeBlock> blocks = new ArrayList<>();
      Matcher matcher = BLOCK.matcher(Files.readString(file));
      while (matcher.find()) {
        String indentation = matcher.group(1);
        String text = matcher.group(3).replaceAll("(?m)^" + indentation, "");
        blocks.add(new CodeBlock(page, matcher.group(2), text));
      }
      return blocks;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name of the file whose content this is, from a comment in the first line; else empty. */
  String fileName() {
    Matcher matcher = Pattern.compile("(?:#|//) (\\w+\\.\\w+):.*").matcher(firstLine());
    return matcher.matches() ? matcher.group(1) : "";
  }

  String firstLine() {
    return text.lines().findFirst().orElse("");
  }
}
