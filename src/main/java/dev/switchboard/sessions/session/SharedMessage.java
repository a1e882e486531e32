package dev.switchboard.sessions.session;

import dev.switchboard.sessions.wire.Compression;
import dev.switchboard.sessions.wire.SharedFrame;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * One message for any number of sessions of one event loop, encoded at most once per transport. Its
 * creator closes it after it was written to every session.
 */
public final class SharedMessage implements AutoCloseable {
  private final byte[] json;
  private @Nullable SharedFrame frame;
  private @Nullable SharedFrame deflated;
  private boolean triedToDeflate;

  public SharedMessage(byte[] json) {
    this.json = json;
  }

  public static SharedMessage of(JsonObject json) {
    return new SharedMessage(json.toBuffer().getBytes());
  }

  /** The JSON text in UTF-8; shared, so never written to. */
  public byte[] json() {
    return json;
  }

  public int length() {
    return json.length;
  }

  /** The WebSocket frame, made on first use. */
  SharedFrame frame() {
    SharedFrame made = frame;
    if (made == null) {
      made = SharedFrame.text(json);
      frame = made;
    }
    return made;
  }

  /**
   * The frame for a socket that negotiated {@code compression}, null if it did not; compressed on
   * first use.
   */
  public SharedFrame frameFor(@Nullable Compression compression) {
    if (compression != null && !triedToDeflate) {
      triedToDeflate = true;
      deflated = SharedFrame.deflatedText(json, compression);
    }
    return compression == null || deflated == null ? frame() : deflated;
  }

  @Override
  public void close() {
    if (deflated != null) {
      deflated.release();
      deflated = null;
    }
    if (frame != null) {
      frame.release();
      frame = null;
    }
  }
}
