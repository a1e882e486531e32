package dev.switchboard.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Programs;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the documentation that publish what other systems report, run verbatim. */
@SuppressWarnings("NullAway.Init")
class ProgramExamplesIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String TENANT = "tenant-123";
  private static TestNode node;

  @TempDir Path directory;
  private WsClient listener;

  @BeforeAll
  static void startNode() {
    node = TestNode.start(stores);
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @BeforeEach
  void listen() {
    listener = WsClient.signIn(node, TestTokens.user(TENANT, "boss", "supervisor"));
  }

  private ExampleProgram start(String file, Map<String, String> more) {
    Map<String, String> environment = new TreeMap<>(more);
    environment.put("SWITCHBOARD_URL", url());
    environment.put("SWITCHBOARD_KEY", TestTokens.service());
    return ExampleProgram.start(directory, file, environment, "ProgramExamplesIT");
  }

  private static String url() {
    return "http://127.0.0.1:" + node.port();
  }

  @Test
  void everyProgramIsTested() {
    assertThat(CodeBlock.in("python", "java", "go", "nginx"))
        .filteredOn(block -> !block.page().equals("guides/webhooks-receive"))
        .extracting(block -> block.page() + " " + block.fileName())
        .containsExactlyInAnyOrder(
            "guides/asterisk ami.py",
            "guides/twilio twilio.py",
            "guides/twilio ",
            "start/first-app app.py");
  }

  @Test
  void asteriskProgramPublishesItsCalls() throws Exception {
    try (ServerSocket manager = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ExampleProgram program =
            start(
                "ami.py",
                Map.of("AMI_PORT", "" + manager.getLocalPort(), "AMI_SECRET", "a-long-secret"));
        Socket connection = manager.accept()) {
      BufferedReader login =
          new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8));
      assertThat(List.of(login.readLine(), login.readLine(), login.readLine()))
          .containsExactlyElementsOf(loginAsTheManagersFileAllows());
      report(
          connection,
          "Event: QueueCallerJoin\nLinkedid: 17.1\nUniqueid: 17.1\nCallerIDNum: +1234567890\nQueue: support");
      JsonObject incoming = next("call.incoming", program);
      report(
          connection, "Event: Hangup\nLinkedid: 17.1\nUniqueid: 17.1\nCause-txt: Normal Clearing");

      assertThat(incoming.getJsonObject("payload"))
          .isEqualTo(
              new JsonObject()
                  .put("unique_id", "17.1")
                  .put("caller_id", "+1234567890")
                  .put("queue_name", "support"));
      assertThat(next("call.ended", program).getJsonObject("payload").getString("reason"))
          .isEqualTo("Normal Clearing");
    }
  }

  /** The account in the part of Asterisk's {@code manager.conf} that the page shows. */
  private static List<String> loginAsTheManagersFileAllows() {
    List<CodeBlock> files = CodeBlock.in("ini");
    assertThat(files).extracting(CodeBlock::page).containsExactly("guides/asterisk");
    Matcher account =
        Pattern.compile(
                """
                \\[(\\w+)]
                secret = (\\S+)
                permit = 127[.]0[.]0[.]1/255[.]255[.]255[.]255
                read = call,agent
                write =
                """)
            .matcher(files.get(0).text());
    assertThat(account.matches()).isTrue();
    return List.of("Action: Login", "Username: " + account.group(1), "Secret: " + account.group(2));
  }

  private static void report(Socket connection, String message) throws IOException {
    connection
        .getOutputStream()
        .write((message.replace("\n", "\r\n") + "\r\n\r\n").getBytes(UTF_8));
  }

  private JsonObject next(String type, ExampleProgram program) {
    JsonObject event = listener.next(type);
    assertThat(event).as(program.output()).isNotNull();
    return event;
  }

  @Test
  void twilioProgramPublishesGenuineCallsOnly() throws Exception {
    Map<String, String> form =
        new TreeMap<>(
            Map.of(
                "CallSid", "CA1", "From", "+1234567890", "To", "+1800", "CallStatus", "ringing"));
    String publicUrl = "https://hooks.example.com/calls";
    try (ExampleProgram program =
        start("twilio.py", Map.of("TWILIO_TOKEN", "token", "PUBLIC_URL", publicUrl))) {
      String receiver = "http://127.0.0.1:" + program.awaitPort() + "/calls";

      assertThat(post(receiver, body(form), "X-Twilio-Signature", "forged")).isEqualTo(403);
      assertThat(
              post(receiver, body(form), "X-Twilio-Signature", signature(publicUrl, form, "token")))
          .isEqualTo(204);

      assertThat(next("call.incoming", program).getJsonObject("payload"))
          .isEqualTo(
              new JsonObject()
                  .put("unique_id", "CA1")
                  .put("caller_id", "+1234567890")
                  .put("destination", "+1800"));
    }
  }

  private static String body(Map<String, String> form) {
    return form.entrySet().stream()
        .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }

  /** As Twilio signs: the URL, then names and values in the order of the names. */
  private static String signature(String url, Map<String, String> form, String token)
      throws GeneralSecurityException {
    String signed =
        form.entrySet().stream()
            .map(field -> field.getKey() + field.getValue())
            .collect(Collectors.joining("", url, ""));
    Mac mac = Mac.getInstance("HmacSHA1");
    mac.init(new SecretKeySpec(token.getBytes(UTF_8), "HmacSHA1"));
    return Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(UTF_8)));
  }

  private static int post(String url, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .headers(headers)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Test
  void backendOfTheFirstApplicationMakesTokens() throws Exception {
    Path unused =
        Files.createSymbolicLink(directory.resolve("target"), Path.of("target").toAbsolutePath());
    try (ExampleProgram program =
        start("app.py", Map.of("SWITCHBOARD_AUTH_JWT_SECRET", TestTokens.SECRET))) {
      URI address = URI.create("http://127.0.0.1:" + program.awaitPort() + "/token");
      String token =
          HTTP.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
              .body();

      JsonObject signedIn = WsClient.signIn(node, token).connected();

      assertThat(signedIn.getString("user_id")).isEqualTo("456");
      assertThat(signedIn.getString("role")).isEqualTo("supervisor");
    }
  }

  @Test
  void nginxForwardsTasksOfTwilio() throws Exception {
    String program = Programs.installed().require("nginx", "ProgramExamplesIT");
    int port = TestRedis.freePort();
    Path file = Files.writeString(directory.resolve("nginx.conf"), nginxConfiguration(port));
    Path users = Files.writeString(directory.resolve("users"), "tasks:{PLAIN}password\n");
    assertThat(users).exists();
    Process nginx =
        new ProcessBuilder(program, "-e", "stderr", "-p", directory.toString(), "-c", "" + file)
            .inheritIO()
            .start();
    try {
      Waiting.until("nginx listens", () -> answers(port));
      String tasks = "http://127.0.0.1:" + port + "/twilio/tasks";
      String batch =
          "[{\"specversion\":\"1.0\",\"id\":\"EV1\",\"source\":\"/twilio\",\"type\":\"task.created\","
              + "\"tenantid\":\"tenant-123\",\"data\":{\"task\":1}}]";
      String password = Base64.getEncoder().encodeToString("tasks:password".getBytes(UTF_8));

      assertThat(post(tasks, batch, "Authorization", "Basic bm9uZTpub25l")).isEqualTo(401);
      assertThat(post(tasks, batch, "Authorization", "Basic " + password)).isEqualTo(202);

      assertThat(listener.next("task.created").getJsonObject("payload").getInteger("task"))
          .isEqualTo(1);
    } finally {
      nginx.destroy();
      assertThat(nginx.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private String nginxConfiguration(int port) {
    String location =
        CodeBlock.in("nginx")
            .get(0)
            .text()
            .replace("/etc/nginx/twilio.htpasswd", "" + directory.resolve("users"))
            .replace("sbk_…", TestTokens.service())
            .replace("http://127.0.0.1:8080", url());
    String temporary =
        List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi").stream()
            .map(kind -> kind + "_temp_path " + directory.resolve(kind) + ";\n")
            .collect(Collectors.joining());
    // One process: workers of root would run as a user who may not read the files.
    return """
        daemon off; master_process off; pid %s/pid; events {}
        http { access_log off; %s server { listen 127.0.0.1:%d; %s } }
        """
        .formatted(directory, temporary, port, location);
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }
}
