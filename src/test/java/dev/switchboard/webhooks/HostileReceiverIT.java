package dev.switchboard.webhooks;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.Waiting;
import dev.switchboard.webhooks.BadReceiver.Manner;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Receivers that do anything but answer: each call ends within its budget, and the log says how.
 */
class HostileReceiverIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String TENANT = "tenant-hostile";
  private static final int SHORT_BUDGET = 5;
  private static final int LONG_BUDGET = 60;

  private final WebhookTable webhooks = new WebhookTable(stores, TENANT);

  /** What a receiver does, and the error classes that may name it. */
  private record Case(Manner manner, List<String> classes) {
    Case(Manner manner, String... classes) {
      this(manner, List.of(classes));
    }

    /** Seconds: few for calls that only their budget ends. */
    int budget() {
      return classes.get(0).startsWith("timeout") ? SHORT_BUDGET : LONG_BUDGET;
    }
  }

  private static Map<String, Case> cases() throws IOException {
    Map<String, Case> cases = new LinkedHashMap<>();
    cases.put("says nothing", new Case((s, out) -> BadReceiver.hang(), "timeout_headers"));
    cases.put("drips its head", new Case(drip(OK + "X-Long: "), "timeout_headers"));
    cases.put(
        "drips its body", new Case(drip(OK + "Content-Length: 100000\r\n\r\n"), "timeout_body"));
    cases.put(
        "stops in its body", new Case(says(OK + "Content-Length: 9\r\n\r\nx"), "timeout_body"));
    cases.put("never ends its body", new Case(HostileReceiverIT::pour, "timeout_body"));
    cases.put("sends a head without end", new Case(HostileReceiverIT::pourHead, "connect"));
    cases.put("floods with 1xx", new Case(HostileReceiverIT::flood, "timeout_headers", "connect"));
    cases.put(
        "switches protocols",
        new Case(
            says("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
            "timeout_headers",
            "timeout_body",
            "redirect",
            "connect"));
    cases.put("resets at once", new Case((s, out) -> s.setSoLinger(true, 0), "connect"));
    cases.put("resets in its body", new Case(HostileReceiverIT::resetInBody, "connect"));
    cases.put("closes its half at once", new Case((s, out) -> halfClose(s), "connect"));
    cases.put(
        "closes its half in its body", new Case(HostileReceiverIT::halfCloseInBody, "connect"));
    cases.put("speaks no HTTP", new Case(says("SSH-2.0-OpenSSH_9.6\r\n\r\n"), "connect"));
    cases.put(
        "lies about its chunks",
        new Case(says(OK + "Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n"), "connect"));
    cases.put("closes after its head", new Case(HostileReceiverIT::closeAfterHead, "connect"));
    cases.put(
        "hangs in a chunk",
        new Case(says(OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nab"), "timeout_body"));
    cases.put(
        "sends one header of a megabyte",
        new Case(says(OK + "X: " + "x".repeat(1 << 20) + "\r\n\r\n"), "connect"));
    cases.put(
        "promises two lengths",
        new Case(says(OK + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy"), "connect", "none"));
    cases.put("says that it goes on", new Case(says(goesOn()), "none"));
    cases.put(
        "says that it works on it",
        new Case(says("HTTP/1.1 102 Processing\r\n\r\n" + goesOn()), "connect"));
    cases.put("sends a bomb", new Case(says(OK, gzipBomb()), "none"));
    cases.put("answers in control characters", new Case(says(rudeWords()), "http_5xx", "connect"));
    return cases;
  }

  @Test
  void callEndsWithinItsTimeoutAndItsErrorIsNamed() throws IOException {
    Map<String, Case> cases = cases();
    Map<String, Long> registered = new LinkedHashMap<>();
    List<BadReceiver> receivers = new ArrayList<>();
    cases.forEach(
        (name, one) -> {
          BadReceiver receiver = new BadReceiver(one.manner());
          receivers.add(receiver);
          registered.put(
              name, webhooks.insert(receiver.url(), "retry_count = 0, timeout = " + one.budget()));
        });
    try (TestNode node = TestNode.start(stores)) {
      JsonObject accepted =
          node.publish(
              new JsonObject()
                  .put("tenant_id", TENANT)
                  .put("type", "call.incoming")
                  .put("payload", new JsonObject()));

      assertThat(accepted.getInteger("deliveries")).isEqualTo(cases.size());
      registered.forEach(
          (name, webhook) -> {
            Waiting.until(
                "the call is logged of the receiver that " + name,
                () -> !webhooks.attempts(webhook, "id").isEmpty());
            assertThat(webhooks.attempts(webhook, "coalesce(split_part(error, ':', 1), 'none')"))
                .as(name)
                .singleElement()
                .isIn(requireNonNull(cases.get(name)).classes());
          });
      assertThat(stores.postgres().value("SELECT max(length(response_body)) FROM webhook_logs"))
          .as("characters kept of a body")
          .satisfies(kept -> assertThat(Integer.parseInt(kept)).isLessThanOrEqualTo(16 << 10));
      assertThat(stores.postgres().value("SELECT count(*) FROM webhook_deliveries")).isEqualTo("0");
    } finally {
      receivers.forEach(BadReceiver::close);
    }
  }

  private static Manner says(String text) {
    return says(text, new byte[0]);
  }

  /** The head, then a body in full, if there is one; then nothing more. */
  private static Manner says(String head, byte[] zipped) {
    return (socket, out) -> {
      String lengths =
          zipped.length == 0
              ? ""
              : "Content-Encoding: gzip\r\nContent-Length: " + zipped.length + "\r\n\r\n";
      BadReceiver.write(out, head + lengths);
      out.write(zipped);
      out.flush();
      BadReceiver.hang();
    };
  }

  private static Manner drip(String begin) {
    return (socket, out) -> {
      BadReceiver.write(out, begin);
      while (!Thread.currentThread().isInterrupted()) {
        BadReceiver.write(out, "x");
        LockSupport.parkNanos(20_000_000);
      }
    };
  }

  private static void pour(Socket socket, OutputStream out) throws IOException {
    BadReceiver.write(out, OK + "Connection: close\r\n\r\n");
    byte[] block = new byte[64 << 10];
    while (!Thread.currentThread().isInterrupted()) {
      out.write(block);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void pourHead(Socket socket, OutputStream out) throws IOException {
    BadReceiver.write(out, OK);
    for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
      BadReceiver.write(out, "X-" + i + ": " + "x".repeat(500) + "\r\n");
    }
  }

  private static void flood(Socket socket, OutputStream out) throws IOException {
    while (!Thread.currentThread().isInterrupted()) {
      BadReceiver.write(out, "HTTP/1.1 103 Early Hints\r\n\r\n");
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void resetInBody(Socket socket, OutputStream out) throws IOException {
    BadReceiver.write(out, OK + "Content-Length: 1000\r\n\r\nx");
    socket.setSoLinger(true, 0);
  }

  private static void halfClose(Socket socket) throws IOException {
    socket.shutdownOutput();
    BadReceiver.hang();
  }

  private static void halfCloseInBody(Socket socket, OutputStream out) throws IOException {
    BadReceiver.write(out, OK + "Content-Length: 1000\r\n\r\nx");
    halfClose(socket);
  }

  private static void closeAfterHead(Socket socket, OutputStream out) throws IOException {
    BadReceiver.write(out, OK + "Content-Length: 5\r\n\r\n");
  }

  /** What no answer is, and then one. */
  private static String goesOn() {
    return "HTTP/1.1 100 Continue\r\n\r\n".repeat(50)
        + "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
        + OK
        + "Content-Length: 0\r\n\r\n";
  }

  private static String rudeWords() {
    return "HTTP/1.1 500 bad\u0001words "
        + "y".repeat(600)
        + "\r\nContent-Length: 2\r\n\r\n\0\u0007";
  }

  private static byte[] gzipBomb() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      for (int i = 0; i < 200; i++) {
        gzip.write(new byte[1 << 20]);
      }
    }
    return bomb.toByteArray();
  }
}
