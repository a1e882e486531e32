package dev.switchboard.support;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A WebSocket on bare TCP that answers nothing by itself: no pong, no close, no reading unasked.
 */
public final class RawSocket implements AutoCloseable {
  private static final int WAIT_MILLIS = 30_000;
  private static final int TEXT = 1;
  private static final byte[] MASK = {1, 2, 3, 4};

  private final Socket socket;
  private final DataInputStream in;

  private String head = "";

  private RawSocket(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    socket.setSoTimeout(WAIT_MILLIS);
  }

  /** A frame as it came. */
  public record Frame(int first, byte[] payload) {
    public int opcode() {
      return first & 0x0f;
    }

    public String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }
  }

  /** Upgrades with a token in the header; the {@code connected} message is read. */
  public static RawSocket signIn(TestNode node, String token) {
    return signIn(node, token, "");
  }

  /** The same with further header lines, each ended by CRLF. */
  public static RawSocket signIn(TestNode node, String token, String headers) {
    return signIn(node, "/ws", token, headers);
  }

  /** The same, resuming after a position. */
  public static RawSocket resume(TestNode node, String token, String after) {
    return signIn(node, "/ws?after=" + after, token, "");
  }

  /** The same at another address. */
  public static RawSocket signIn(TestNode node, String address, String token, String headers) {
    try {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(8_192);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port()));
      RawSocket raw = new RawSocket(socket);
      raw.upgrade(address, "Authorization: Bearer " + token + "\r\n" + headers, new byte[0]);
      Frame unused = raw.read();
      return raw;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Upgrades without a token, with these bytes in one piece behind the request. */
  public static RawSocket upgrade(TestNode node, byte[] behind) {
    try {
      RawSocket raw = new RawSocket(new Socket(InetAddress.getLoopbackAddress(), node.port()));
      raw.upgrade("/ws", "", behind);
      return raw;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The head of the answer to the upgrade. */
  public String head() {
    return head;
  }

  private void upgrade(String address, String headers, byte[] behind) throws IOException {
    String request =
        "GET "
            + address
            + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + headers
            + "\r\n";
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(request.getBytes(StandardCharsets.US_ASCII));
    all.write(behind);
    sendRaw(all.toByteArray());
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      answer.append((char) in.readUnsignedByte());
    }
    head = answer.toString();
    if (!head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")) {
      throw new AssertionError("no upgrade: " + head);
    }
  }

  /** Sends one masked frame with that first byte. */
  public void send(int first, byte[] payload) {
    try {
      sendRaw(frame(first, payload));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends bytes as they are. */
  public void sendRaw(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** Encodes one masked frame. */
  public static byte[] frame(int first, byte[] payload) {
    int header = payload.length < 126 ? 2 : payload.length < 1 << 16 ? 4 : 10;
    byte[] frame = new byte[header + 4 + payload.length];
    frame[0] = (byte) first;
    if (header == 2) {
      frame[1] = (byte) (0x80 | payload.length);
    } else if (header == 4) {
      frame[1] = (byte) (0x80 | 126);
      frame[2] = (byte) (payload.length >> 8);
      frame[3] = (byte) payload.length;
    } else {
      frame[1] = (byte) (0x80 | 127);
      for (int i = 0; i < 8; i++) {
        frame[2 + i] = (byte) ((long) payload.length >> (8 * (7 - i)));
      }
    }
    System.arraycopy(MASK, 0, frame, header, 4);
    for (int i = 0; i < payload.length; i++) {
      frame[header + 4 + i] = (byte) (payload[i] ^ MASK[i % 4]);
    }
    return frame;
  }

  /** Reads the next frame. */
  public Frame read() {
    try {
      int first = in.readUnsignedByte();
      long length = in.readUnsignedByte() & 0x7f;
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      byte[] payload = new byte[Math.toIntExact(length)];
      in.readFully(payload);
      return new Frame(first, payload);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes that have arrived and were not read. */
  public int available() {
    try {
      return in.available();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads on to the next text; control frames are passed over. */
  public JsonObject nextText() {
    Frame frame = read();
    while (frame.opcode() != TEXT) {
      if (frame.opcode() == 8) {
        throw new AssertionError("closed with " + codeOf(frame));
      }
      frame = read();
    }
    return new JsonObject(frame.text());
  }

  private static int codeOf(Frame close) {
    return ((close.payload()[0] & 0xff) << 8) | (close.payload()[1] & 0xff);
  }

  /** Reads on to the close frame and answers its code. */
  public int readUntilClose() {
    return readUntilClose(text -> {});
  }

  /** The same; every text on the way is shown. */
  public int readUntilClose(Consumer<JsonObject> texts) {
    Frame frame = read();
    while (frame.opcode() != 8) {
      if (frame.opcode() == TEXT) {
        texts.accept(new JsonObject(frame.text()));
      }
      frame = read();
    }
    return codeOf(frame);
  }

  /** Whether the server ends the connection within that time; what comes before is read over. */
  public boolean isEndedBefore(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      while (in.read() >= 0) {
        // More of what the server had sent.
      }
      return true;
    } catch (SocketTimeoutException open) {
      return false;
    } finally {
      socket.setSoTimeout(WAIT_MILLIS);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
