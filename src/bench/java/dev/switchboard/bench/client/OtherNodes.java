package dev.switchboard.bench.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Publishes events of tenants that nobody follows, straight to Redis and from a script, as other
 * nodes do. For one thread.
 */
public final class OtherNodes implements AutoCloseable {
  private static final long TURN_NANOS = 2_000_000;
  private static final String SCRIPT =
      "for i = 1, #ARGV - 1 do redis.call('PUBLISH', ARGV[i], ARGV[#ARGV]) end return 0";

  private final Socket socket;
  private final BufferedReader answers;
  private final int tenants;
  private final boolean onTenantChannels;
  private final String payload;
  private final String script;
  private volatile @Nullable Throwable trouble;
  private long published;

  /**
   * Connects to Redis on this machine.
   *
   * @param tenants number of tenants that events are published of in turn
   * @param onTenantChannels whether on a channel of the tenant too
   * @param envelopeBytes length of an envelope, about
   */
  public OtherNodes(int redisPort, int tenants, boolean onTenantChannels, int envelopeBytes)
      throws IOException {
    this.socket = new Socket(InetAddress.getLoopbackAddress(), redisPort);
    this.answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    this.tenants = tenants;
    this.onTenantChannels = onTenantChannels;
    this.payload = "x".repeat(Math.max(0, envelopeBytes - 160));
    send(List.of("SCRIPT", "LOAD", SCRIPT));
    String length = answers.readLine();
    String digest = answers.readLine();
    if (digest == null || digest.length() != 40) {
      throw new IOException("Redis says " + length);
    }
    this.script = digest;
    Thread reader = new Thread(this::readAnswers, "answers of Redis");
    reader.setDaemon(true);
    reader.start();
  }

  private void send(List<String> command) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    append(bytes, command);
    bytes.writeTo(socket.getOutputStream());
  }

  private static void append(ByteArrayOutputStream bytes, List<String> command) {
    StringBuilder text = new StringBuilder("*").append(command.size()).append("\r\n");
    for (String part : command) {
      text.append('$').append(part.length()).append("\r\n").append(part).append("\r\n");
    }
    bytes.writeBytes(text.toString().getBytes(US_ASCII));
  }

  private void readAnswers() {
    try {
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        if (line.startsWith("-")) {
          throw new IOException("Redis says " + line);
        }
      }
    } catch (IOException e) {
      trouble = e;
    }
  }

  /** Publishes {@code perSecond * seconds} events at an even rate. */
  public void publish(int perSecond, int seconds) {
    long start = System.nanoTime();
    long before = published;
    long goal = (long) perSecond * seconds;
    while (published - before < goal) {
      long due = Math.min(goal, (System.nanoTime() - start) * perSecond / 1_000_000_000L);
      publish(due - (published - before));
      LockSupport.parkNanos(TURN_NANOS);
    }
  }

  private void publish(long count) {
    Throwable failure = trouble;
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
    ByteArrayOutputStream turn = new ByteArrayOutputStream();
    for (long i = 0; i < count; i++) {
      append(turn, command(published++));
    }
    try {
      turn.writeTo(socket.getOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> command(long number) {
    String tenant = "other-" + number % tenants;
    String envelope =
        "{\"id\":\"noise:%d\",\"event_id\":\"noise-%d\",\"type\":\"chat.message\",\"tenant_id\":\"%s\","
                .formatted(number / tenants + 1, number, tenant)
            + "\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"payload\":\"%s\"}".formatted(payload);
    return onTenantChannels
        ? List.of(
            "EVALSHA",
            script,
            "0",
            "callcenter:events",
            "switchboard:events:{" + tenant + "}",
            envelope)
        : List.of("EVALSHA", script, "0", "callcenter:events", envelope);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
