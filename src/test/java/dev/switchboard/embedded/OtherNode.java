package dev.switchboard.embedded;

import java.io.IOException;
import java.nio.file.Path;

/** A second JVM that starts one embedded server, prints its process id and waits to be killed. */
final class OtherNode {
  static final String STARTED = "started ";

  private OtherNode() {}

  public static void main(String[] arguments) throws IOException {
    Path data = Path.of(arguments[1]);
    int port = Integer.parseInt(arguments[2]);
    String program = arguments[3];
    try {
      long pid =
          arguments[0].equals("redis")
              ? EmbeddedRedis.start(data, EmbeddedSettings.redis(port, program)).pid()
              : EmbeddedPostgresServer.start(data, EmbeddedSettings.postgres(port, program)).pid();
      System.out.println(STARTED + pid);
      System.in.read();
    } catch (EmbeddedServerException refused) {
      System.out.println(refused.getMessage());
    }
  }
}
