package dev.switchboard.api.client;

import static java.util.Objects.requireNonNull;

import dev.switchboard.api.files.Hashes;
import dev.switchboard.api.files.StaticFile;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All files of the JavaScript client, held in memory. Immutable; all event loops share it. */
public final class ClientFiles {
  /** The path below which they are served. */
  public static final String ROOT = "/client/";

  /** The files of the jar: a jar can't be relied on to list its directories. */
  static final List<String> NAMES =
      List.of(
          "switchboard.js",
          "switchboard.d.ts",
          "sse.js",
          "sse.d.ts",
          "presence.js",
          "presence.d.ts",
          "tail.js",
          "tail.d.ts",
          "visitors.js",
          "visitors.d.ts",
          "react.js",
          "react.d.ts",
          "event-map.d.ts");

  private static final int VERSION_LENGTH = 16;

  private final Map<String, StaticFile> files;
  private final String version;
  private final Buffer manifest;

  private ClientFiles(List<StaticFile> files) {
    this.files =
        files.stream().collect(Collectors.toUnmodifiableMap(StaticFile::name, Function.identity()));
    this.version = versionOf(files);
    this.manifest = manifestOf(files);
  }

  /**
   * Reads and compresses the files, which takes some milliseconds and blocks; not for event loops.
   */
  public static ClientFiles read() {
    return new ClientFiles(
        NAMES.stream().map(name -> StaticFile.of(name, bytes("/client/" + name))).toList());
  }

  /** Returns the file, or null if the client has no file of that name. */
  public @Nullable StaticFile file(String name) {
    return files.get(name);
  }

  /** Returns all files, in no particular order. */
  public Collection<StaticFile> all() {
    return files.values();
  }

  /** Returns a hash of all names and contents: nodes with the same files have the same version. */
  public String version() {
    return version;
  }

  /** Returns the list of the files as JSON, with sizes, versioned paths and integrity values. */
  public Buffer manifest() {
    return manifest;
  }

  private static String versionOf(List<StaticFile> files) {
    String all =
        files.stream()
            .map(file -> file.name() + ' ' + file.integrity())
            .collect(Collectors.joining("\n"));
    return Hashes.hex("SHA-256", all.getBytes(StandardCharsets.UTF_8)).substring(0, VERSION_LENGTH);
  }

  private Buffer manifestOf(List<StaticFile> listed) {
    JsonArray array = new JsonArray();
    for (StaticFile file : listed) {
      array.add(
          new JsonObject()
              .put("name", file.name())
              .put("path", ROOT + version + '/' + file.name())
              .put("bytes", file.plain().bytes().length())
              .put("gzip_bytes", file.gzipped().bytes().length())
              .put("integrity", file.integrity()));
    }
    return new JsonObject().put("version", version).put("files", array).toBuffer();
  }

  private static byte[] bytes(String path) {
    try (InputStream file =
        requireNonNull(ClientFiles.class.getResourceAsStream(path), () -> path + " is missing")) {
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
