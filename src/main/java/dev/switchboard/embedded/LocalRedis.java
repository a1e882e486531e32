package dev.switchboard.embedded;

import dev.switchboard.config.Secret;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The embedded Redis as its own node asks it, before and after the node uses it. */
record LocalRedis(int port, Secret password) {
  private static final int PATIENCE_MILLIS = 1000;

  /**
   * Sends one command and returns the lines of the answer.
   *
   * @throws IOException if the server does not answer in a second
   * @throws UncheckedIOException likewise
   */
  List<String> ask(String... command) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(LoopbackPort.address(port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      ByteArrayOutputStream commands = new ByteArrayOutputStream();
      commands.writeBytes(encoded("AUTH", password.reveal()));
      commands.writeBytes(encoded(command));
      commands.writeBytes(encoded("QUIT"));
      socket.getOutputStream().write(commands.toByteArray());
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
          .lines()
          .skip(1)
          .toList();
    }
  }

  private static byte[] encoded(String... command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(ascii("*" + command.length + "\r\n"));
    for (String argument : command) {
      byte[] text = argument.getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(ascii("$" + text.length + "\r\n"));
      bytes.writeBytes(text);
      bytes.writeBytes(ascii("\r\n"));
    }
    return bytes.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
