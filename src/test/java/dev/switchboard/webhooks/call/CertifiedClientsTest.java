package dev.switchboard.webhooks.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.webhooks.registry.ClientCertificate;
import io.vertx.core.Vertx;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How many clients stay open for certificates. */
@SuppressWarnings("NullAway.Init")
class CertifiedClientsTest {
  private static PrivateKey key;

  private final Vertx vertx = Vertx.vertx();
  private final CertifiedClients clients =
      new CertifiedClients(
          vertx,
          certificate -> new SecureClients(vertx.createHttpClient(), vertx.createHttpClient()));

  @BeforeAll
  static void makeKey() throws GeneralSecurityException {
    key = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();
  }

  @AfterEach
  void close() throws Exception {
    Object unused =
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static ClientCertificate certificate(int number) {
    return new ClientCertificate(List.of(), key, "certificate-" + number);
  }

  @Test
  void callsWithOneCertificateShareAClientThatIsClosedAMinuteAfterTheLast() {
    SecureClients first = clients.use(certificate(1));

    assertThat(clients.use(certificate(1))).isSameAs(first);
    assertThat(clients.use(certificate(2))).isNotSameAs(first);
    long now = 0;
    clients.release(certificate(1), now);
    clients.release(certificate(2), now);
    clients.closeUnused(now + TimeUnit.MINUTES.toNanos(1));
    assertThat(clients.size()).as("one has a call in flight").isOne();

    clients.release(certificate(1), now + TimeUnit.MINUTES.toNanos(1));
    clients.closeUnused(now + TimeUnit.SECONDS.toNanos(119));
    assertThat(clients.size()).isOne();
    clients.closeUnused(now + TimeUnit.SECONDS.toNanos(120));
    assertThat(clients.size()).isZero();
  }

  @Test
  void unusedClientsAreLimited() {
    SecureClients inUse = clients.use(certificate(-1));
    for (int i = 0; i < 3 * CertifiedClients.MAX_UNUSED; i++) {
      SecureClients unused = clients.use(certificate(i));
      clients.release(certificate(i), i);
    }

    assertThat(clients.size()).isEqualTo(CertifiedClients.MAX_UNUSED + 1);
    assertThat(clients.use(certificate(-1))).as("has a call in flight").isSameAs(inUse);
  }
}
