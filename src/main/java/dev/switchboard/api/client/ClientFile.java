package dev.switchboard.api.client;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/**
 * One file of the JavaScript client, in both codings in which it is sent. The buffers are shared by
 * all event loops and must not be changed.
 *
 * @param name file name, such as {@code switchboard.js}
 * @param integrity hash of the plain bytes for the HTML attribute {@code integrity}
 */
public record ClientFile(String name, String integrity, Content plain, Content gzipped) {
  /**
   * The bytes of one coding.
   *
   * @param entityTag strong ETag with its quotes; each coding has its own
   */
  public record Content(Buffer bytes, String entityTag) {}

  static ClientFile of(String name, byte[] bytes) {
    String hash = Hashes.hex("SHA-256", bytes).substring(0, 32);
    return new ClientFile(
        name,
        "sha384-" + Hashes.base64("SHA-384", bytes),
        new Content(Buffer.buffer(bytes), '"' + hash + '"'),
        new Content(Buffer.buffer(gzip(bytes)), '"' + hash + "-gzip\""));
  }

  /** Returns the value of {@code Content-Type}. Declarations of types have no registered one. */
  public String mediaType() {
    return (name.endsWith(".js") ? "text/javascript" : "text/plain") + "; charset=utf-8";
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }
}
