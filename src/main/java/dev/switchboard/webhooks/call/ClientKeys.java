package dev.switchboard.webhooks.call;

import dev.switchboard.webhooks.registry.ClientCertificate;
import io.vertx.core.net.KeyCertOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;

/** Makes client certificates usable for TLS. */
final class ClientKeys {
  private static final char[] NO_PASSWORD = new char[0];

  private ClientKeys() {}

  /** The keys of a client that presents {@code certificate}. */
  static KeyCertOptions of(ClientCertificate certificate) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setKeyEntry(
          "client",
          certificate.key(),
          NO_PASSWORD,
          certificate.chain().toArray(Certificate[]::new));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, NO_PASSWORD);
      return KeyCertOptions.wrap(keys);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("client_certificate: can't be used for TLS", e);
    }
  }
}
