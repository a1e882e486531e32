package dev.switchboard.cluster;

import dev.switchboard.support.TestRedis;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Listens to one Redis channel as {@code redis-cli SUBSCRIBE} does. */
final class ChannelListener implements AutoCloseable {
  private static final int WAIT_MILLIS = 15_000;

  private final Socket socket;
  private final BufferedReader lines;

  ChannelListener(TestRedis redis, String channel) throws IOException {
    socket = new Socket(redis.host(), redis.port());
    socket.setSoTimeout(WAIT_MILLIS);
    lines =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    socket
        .getOutputStream()
        .write(("SUBSCRIBE " + channel + "\r\n").getBytes(StandardCharsets.UTF_8));
    String unused = nextContaining(":1");
  }

  /** The next line of the protocol with that text in it; a message is one line. */
  String nextContaining(String text) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.contains(text)) {
        return line;
      }
    }
    throw new AssertionError("Redis closed the subscription");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
