package dev.switchboard.api.demo;

import static java.util.Objects.requireNonNull;

import dev.switchboard.api.files.StaticFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All files of the demonstration, held in memory. Immutable; all event loops share it. */
public final class DemoFiles {
  /** The files of the jar: a jar can't be relied on to list its directories. */
  static final List<String> NAMES =
      List.of(
          "index.html",
          "wallboard.html",
          "agent.html",
          "visitor.html",
          "demo.css",
          "wallboard.css",
          "agent.css",
          "visitor.css",
          "common.js",
          "chat.js",
          "wallboard.js",
          "agent.js",
          "visitor.js",
          "icon.svg");

  private final Map<String, StaticFile> files;

  private DemoFiles(List<StaticFile> files) {
    this.files =
        files.stream().collect(Collectors.toUnmodifiableMap(StaticFile::name, Function.identity()));
  }

  /** Reads and compresses the files, which blocks; not for event loops. */
  public static DemoFiles read() {
    return new DemoFiles(NAMES.stream().map(name -> StaticFile.of(name, bytes(name))).toList());
  }

  private static byte[] bytes(String name) {
    String path = "/demo/" + name;
    try (InputStream file =
        requireNonNull(DemoFiles.class.getResourceAsStream(path), () -> path + " is missing")) {
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the file; null if there is none of that name. */
  @Nullable StaticFile find(String name) {
    return files.get(name);
  }
}
