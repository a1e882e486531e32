package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that no client library would send, from anybody. */
class RequestTargetCheckIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.startJar(TestNode.config(stores));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/events/stream?ticket=SECRET&x=%",
        "/ws?ticket=SECRET&x=%e",
        "/ws/public/x?widget_key=SECRET&x=%zz",
        "/ws?tick%zzet=SECRET",
        "/api/v1/tenants/ta%zz/presence?ticket=SECRET"
      })
  void malformedUrlIsRefusedAndNotLogged(String address) throws IOException {
    String answer = answerTo("GET " + address + " HTTP/1.1\r\nHost: localhost\r\n");

    assertThat(answer).startsWith("HTTP/1.1 400").contains("/problems/bad-request");
    assertThat(node.output()).noneMatch(line -> line.contains("SECRET"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Host: a:b\r\n", "Host: a b:99999999\r\n", "Host: [::1\r\n"})
  void requestWithoutAValidHostIsRefused(String host) throws IOException {
    String answer = answerTo("GET /openapi.yaml HTTP/1.1\r\n" + host);

    assertThat(answer).startsWith("HTTP/1.1 400").contains("/problems/bad-request");
  }

  @Test
  void http2InTheClearIsNotSpoken() throws IOException {
    String answer =
        answerTo(
            String.join(
                "\r\n",
                "GET /openapi.yaml HTTP/1.1",
                "Host: localhost",
                "Connection: Upgrade, HTTP2-Settings",
                "Upgrade: h2c",
                "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
                ""));

    assertThat(answer).startsWith("HTTP/1.1 200");
  }

  private static String answerTo(String head) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write((head + "\r\n").getBytes(StandardCharsets.UTF_8));
      StringBuilder answer = new StringBuilder();
      byte[] part = new byte[4_096];
      int length = socket.getInputStream().read(part);
      while (length > 0 && !isWhole(answer.append(text(part, length)))) {
        length = socket.getInputStream().read(part);
      }
      return answer.toString();
    }
  }

  private static String text(byte[] bytes, int length) {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  /** Enough of it: a whole problem, or the head of anything else. */
  private static boolean isWhole(CharSequence answer) {
    String text = answer.toString();
    int body = text.indexOf("\r\n\r\n");
    return body >= 0 && (!text.contains("problem+json") || text.endsWith("}"));
  }
}
