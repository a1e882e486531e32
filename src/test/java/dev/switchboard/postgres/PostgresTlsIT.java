package dev.switchboard.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.support.OwnPostgres;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestCertificates;
import dev.switchboard.support.TestNode;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A Postgres behind TLS with a certificate authority of its own. */
@SuppressWarnings("NullAway.Init")
class PostgresTlsIT {
  @RegisterExtension static final Stores stores = new Stores();

  @TempDir static Path directory;

  private static TestCertificates certificates;
  private static OwnPostgres server;

  @BeforeAll
  static void start() {
    certificates = new TestCertificates();
    server = OwnPostgres.startWithTls(directory, certificates);
    server.execute("CREATE ROLE encrypted LOGIN SUPERUSER; CREATE ROLE certified LOGIN SUPERUSER");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonObject config(String user) {
    return TestNode.config(stores).put("postgres", server.section(user).put("tls", "verify-full"));
  }

  private static JsonObject trusting(String user, TestCertificates trusted) {
    JsonObject config = config(user);
    config.getJsonObject("postgres").put("tlsCa", trusted.file("ca.crt"));
    return config;
  }

  private static void assertStarts(JsonObject config) {
    try (TestNode node = TestNode.start(config)) {
      assertThat(node.manage("/health/ready").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void serverIsVerifiedWithThePrivateAuthority() {
    assertStarts(trusting("encrypted", certificates));
  }

  @Test
  void clientCertificateIsShown() {
    JsonObject config = trusting("certified", certificates);
    config
        .getJsonObject("postgres")
        .put("tlsCertificate", certificates.file("client.crt"))
        .put("tlsKey", certificates.file("client.key"));

    assertStarts(config);
    assertThatThrownBy(() -> TestNode.start(trusting("certified", certificates)))
        .hasMessageContaining("Postgres at 127.0.0.1:")
        .hasMessageContaining(
            "correct postgres.user, postgres.password or postgres.tlsCertificate");
  }

  @Test
  void anotherAuthorityIsNotTrusted() {
    assertThatThrownBy(() -> TestNode.start(trusting("encrypted", new TestCertificates())))
        .hasMessageContaining("has a TLS certificate that is not trusted; set postgres.tlsCa");
    assertThatThrownBy(() -> TestNode.start(config("encrypted")))
        .hasMessageContaining("has a TLS certificate that is not trusted; set postgres.tlsCa");
  }
}
