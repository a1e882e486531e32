package dev.switchboard.support;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An HTTP client that may stop in the middle of a request. */
public final class RawHttp implements AutoCloseable {
  private static final int WAIT_MILLIS = 60_000;
  private static final Pattern LENGTH =
      Pattern.compile("\r\ncontent-length: (\\d+)\r\n", Pattern.CASE_INSENSITIVE);

  private final Socket socket;
  private final InputStream in;

  /** An answer as it came. */
  public record Answer(String head, String body) {}

  /** Connects and sends nothing. */
  public RawHttp(TestNode node) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
    socket.setSoTimeout(WAIT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Sends characters as they are. */
  public void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  /** The head of the next answer, whose body is passed over. */
  public String readHead() throws IOException {
    return readAnswer().head();
  }

  /** The next answer; the body is empty unless its length is given. */
  public Answer readAnswer() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("after " + head);
      }
      head.append((char) next);
    }
    Matcher length = LENGTH.matcher(head);
    byte[] body = length.find() ? in.readNBytes(Integer.parseInt(length.group(1))) : new byte[0];
    return new Answer(head.toString(), new String(body, StandardCharsets.UTF_8));
  }

  /** All that comes until the server closes. */
  public String readToEnd() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
