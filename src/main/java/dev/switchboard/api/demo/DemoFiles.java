package dev.switchboard.api.demo;

import static java.util.Objects.requireNonNull;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private final Map<String, Buffer> files = new LinkedHashMap<>();

  private DemoFiles() {}

  /** Reads the files, which blocks; not for event loops. */
  public static DemoFiles read() {
    DemoFiles all = new DemoFiles();
    NAMES.forEach(name -> all.files.put(name, bytes(name)));
    return all;
  }

  private static Buffer bytes(String name) {
    String path = "/demo/" + name;
    try (InputStream file =
        requireNonNull(DemoFiles.class.getResourceAsStream(path), () -> path + " is missing")) {
      return Buffer.buffer(file.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the bytes, which must not be changed; null if there is no file of that name. */
  @Nullable Buffer find(String name) {
    return files.get(name);
  }
}
