package dev.switchboard.api.files;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * One file that nodes serve, in both codings in which it is sent. The buffers are shared by all
 * event loops and must not be changed.
 *
 * @param name file name, such as {@code switchboard.js}, with its folders
 * @param integrity hash of the plain bytes for the HTML attribute {@code integrity}
 */
public record StaticFile(String name, String integrity, Content plain, Content gzipped) {
  private static final Map<String, String> MEDIA_TYPES =
      Map.ofEntries(
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff2", "font/woff2"));

  /** Declarations of types have no registered media type. */
  private static final String TEXT = "text/plain; charset=utf-8";

  /**
   * The bytes of one coding.
   *
   * @param entityTag strong ETag with its quotes; each coding has its own
   */
  public record Content(Buffer bytes, String entityTag) {}

  /** Hashes and compresses the bytes of a file. */
  public static StaticFile of(String name, byte[] bytes) {
    String hash = Hashes.hex("SHA-256", bytes).substring(0, 32);
    return new StaticFile(
        name,
        "sha384-" + Hashes.base64("SHA-384", bytes),
        new Content(Buffer.buffer(bytes), '"' + hash + '"'),
        new Content(Buffer.buffer(gzip(bytes)), '"' + hash + "-gzip\""));
  }

  /** Returns the value of {@code Content-Type}, by the end of the name. */
  public String mediaType() {
    return MEDIA_TYPES.getOrDefault(extension(name), TEXT);
  }

  /** Whether files with names like this one have a media type of their own. */
  public static boolean isKnown(String name) {
    return MEDIA_TYPES.containsKey(extension(name));
  }

  private static String extension(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new SmallestGzip(compressed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }

  /** Files are compressed once and sent many times. */
  private static final class SmallestGzip extends GZIPOutputStream {
    SmallestGzip(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
