package dev.switchboard.rolling;

import dev.switchboard.support.TestRedis;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Every {@code presence.*} event that any node publishes, heard on the channels in Redis. */
final class PresenceReports implements AutoCloseable {
  private final Socket socket;
  private final Queue<Report> reports = new ConcurrentLinkedQueue<>();

  /** Who came online or went offline: {@code state} is {@code online} or {@code offline}. */
  record Report(String tenant, String user, String state) {}

  /** Listens from now on. */
  PresenceReports(TestRedis redis) {
    try {
      socket = new Socket(redis.host(), redis.port());
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      byte[] command = "PSUBSCRIBE callcenter:*\r\n".getBytes(StandardCharsets.UTF_8);
      socket.getOutputStream().write(command);
      String line = lines.readLine();
      while (!":1".equals(line)) {
        line = lines.readLine();
      }
      Thread thread = new Thread(() -> read(lines), "presence-reports");
      thread.setDaemon(true);
      thread.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A message is one line of the protocol. */
  private void read(BufferedReader lines) {
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("{") && line.contains("\"type\":\"presence.")) {
          JsonObject event = new JsonObject(line);
          JsonObject payload = event.getJsonObject("payload");
          reports.add(
              new Report(
                  event.getString("tenant_id"),
                  payload.getString("user_id"),
                  payload.getString("state")));
        }
      }
    } catch (IOException closed) {
      // It is over.
    }
  }

  /** Reports of users of tenants whose names begin so, who were said to have come online. */
  List<Report> online(String tenants) {
    return of(tenants, "online");
  }

  /** Reports of users of tenants whose names begin so, who left or were said to have left. */
  List<Report> offline(String tenants) {
    return of(tenants, "offline");
  }

  private List<Report> of(String tenants, String state) {
    return reports.stream()
        .filter(report -> report.tenant().startsWith(tenants) && report.state().equals(state))
        .toList();
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
