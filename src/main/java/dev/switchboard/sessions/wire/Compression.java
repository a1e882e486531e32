package dev.switchboard.sessions.wire;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Compresses and inflates whole messages for all sockets of one event loop that agreed to
 * permessage-deflate. Each message is compressed by itself, so nothing is kept for a socket.
 */
public final class Compression {
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};
  private static final int CHUNK = 4_096;

  private final int threshold;
  private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
  private final Inflater inflater = new Inflater(true);
  private final byte[] chunk = new byte[CHUNK];

  /** Messages below {@code threshold} bytes are not compressed. */
  public Compression(int threshold) {
    this.threshold = threshold;
  }

  /** Compresses {@code message}; returns null if that is small or would not become shorter. */
  byte @Nullable [] deflate(byte[] message) {
    if (message.length < threshold) {
      return null;
    }
    deflater.reset();
    deflater.setInput(message);
    ByteArrayOutputStream out = new ByteArrayOutputStream(message.length / 2 + 16);
    int written = deflater.deflate(chunk, 0, CHUNK, Deflater.SYNC_FLUSH);
    while (written > 0) {
      out.write(chunk, 0, written);
      written = deflater.deflate(chunk, 0, CHUNK, Deflater.SYNC_FLUSH);
    }
    byte[] whole = out.toByteArray();
    int length = whole.length - TAIL.length;
    return length >= message.length ? null : Arrays.copyOf(whole, length);
  }

  /** Result of {@link #inflate}. */
  sealed interface Inflated {
    /** The whole message. */
    record Whole(byte[] bytes) implements Inflated {}

    /** The message would be larger than allowed. */
    record TooBig() implements Inflated {}

    /** The data is not valid. */
    record Broken() implements Inflated {}
  }

  /** Inflates a message, but never to more than {@code maxBytes} bytes. */
  Inflated inflate(ByteBuf compressed, int maxBytes) {
    byte[] input = new byte[compressed.readableBytes() + TAIL.length];
    compressed.readBytes(input, 0, input.length - TAIL.length);
    System.arraycopy(TAIL, 0, input, input.length - TAIL.length, TAIL.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream(Math.min(maxBytes, input.length * 2));
    inflater.reset();
    inflater.setInput(input);
    try {
      while (true) {
        int written = inflater.inflate(chunk, 0, CHUNK);
        if (out.size() + written > maxBytes) {
          return new Inflated.TooBig();
        }
        out.write(chunk, 0, written);
        if (inflater.finished() && inflater.getRemaining() > 0) {
          // A final block inside the message: what follows is a stream of its own.
          int rest = inflater.getRemaining();
          inflater.reset();
          inflater.setInput(input, input.length - rest, rest);
        } else if (written == 0) {
          return inflater.needsDictionary()
              ? new Inflated.Broken()
              : new Inflated.Whole(out.toByteArray());
        }
      }
    } catch (DataFormatException e) {
      return new Inflated.Broken();
    }
  }
}
