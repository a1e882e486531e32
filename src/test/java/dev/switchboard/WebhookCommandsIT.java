package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.switchboard.cli.RekeyCommand;
import dev.switchboard.cli.VerifyCommand;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.webhooks.signing.Signature;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The sub-commands about webhooks, on what a node delivers and stores. */
class WebhookCommandsIT {
  @RegisterExtension static final Stores stores = new Stores();

  @TempDir Path directory;

  /** What a command printed and how it ended. */
  private record Result(int exitCode, String out, String err) {}

  private static Result run(Callable<Integer> command, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        new CommandLine(command)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Result(exitCode, out.toString(), err.toString());
  }

  private String config(JsonObject json) throws IOException {
    Path file = directory.resolve("switchboard.json");
    return Files.writeString(file, json.encode()).toString();
  }

  @Test
  void verifyDistinguishesValidFromInvalidSignatures() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "your-secret-key\n");
    Path body = directory.resolve("body");
    List<String> arguments =
        new ArrayList<>(List.of("--secret-file", secret.toString(), "--body", body.toString()));
    try (TestNode node = TestNode.start(stores);
        WebhookReceiver receiver = new WebhookReceiver()) {
      JsonObject request =
          new JsonObject()
              .put("tenant_id", "verified")
              .put("name", "test")
              .put("url", receiver.url())
              .put("secret", "your-secret-key");
      assertThat(node.post("/api/v1/webhooks", request.encode(), TestTokens.service()).statusCode())
          .isEqualTo(201);
      WebhookReceiver.Call call = deliver(node, "verified", receiver);
      Files.write(body, call.body());
      call.headers()
          .forEach((name, values) -> arguments.addAll(List.of("-H", name + ": " + values.get(0))));
    }
    List<String> late = new ArrayList<>(arguments);
    late.addAll(List.of("--at", Long.toString(TestTokens.now() + 3_600)));

    Result valid = run(new VerifyCommand(), arguments.toArray(String[]::new));
    Result expired = run(new VerifyCommand(), late.toArray(String[]::new));
    Files.writeString(body, "{}");
    Result invalid = run(new VerifyCommand(), arguments.toArray(String[]::new));

    assertThat(valid.exitCode()).as(valid.err()).isZero();
    assertThat(valid.out().lines()).hasSize(2).allMatch(line -> line.endsWith(": valid"));
    assertThat(expired.exitCode()).isEqualTo(1);
    assertThat(invalid.exitCode()).isEqualTo(1);
    assertThat(invalid.out().lines()).hasSize(2).allMatch(line -> line.endsWith(": invalid"));
  }

  @Test
  void rekeyEncryptsStoredSecretsWhichSignAsBefore() throws Exception {
    JsonObject json = TestNode.config(stores);
    String first = "first:" + Base64.getEncoder().encodeToString(new byte[32]);
    byte[] bits = new byte[32];
    bits[0] = 1;
    String second = "second:" + Base64.getEncoder().encodeToString(bits);
    String stored = "SELECT secret FROM webhooks WHERE tenant_id = 'sealed'";
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      stores
          .postgres()
          .execute(
              "INSERT INTO webhooks (tenant_id, name, url, secret) VALUES ('sealed', 'x', '"
                  + receiver.url()
                  + "', 'your-secret-key')");

      rekeyed(json.put("encryption", new JsonObject().put("keys", first)));
      assertThat(stores.postgres().value(stored)).startsWith("enc:v1:first:");
      rekeyed(json.put("encryption", new JsonObject().put("keys", second + "," + first)));
      assertThat(stores.postgres().value(stored)).startsWith("enc:v1:second:");
      assertThat(rekeyed(json)).contains("0 webhooks changed");
      json.put("encryption", new JsonObject().put("keys", second));
      try (TestNode node = TestNode.start(json)) {
        WebhookReceiver.Call call = deliver(node, "sealed", receiver);
        assertThat(call.header("X-Webhook-Signature"))
            .isEqualTo(Signature.legacy("your-secret-key", call.body()));
      }

      json.put("encryption", new JsonObject().put("keys", first));
      assertThat(run(new RekeyCommand(), "--config", config(json)).exitCode()).isNotZero();
    }
  }

  @CanIgnoreReturnValue
  private String rekeyed(JsonObject json) throws Exception {
    Result result = run(new RekeyCommand(), "--config", config(json));
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.out();
  }

  private static WebhookReceiver.Call deliver(
      TestNode node, String tenant, WebhookReceiver receiver) {
    JsonObject event =
        new JsonObject().put("tenant_id", tenant).put("type", "call.incoming").put("payload", 1);
    assertThat(node.publish(event).getInteger("deliveries")).isEqualTo(1);
    return receiver.next();
  }
}
