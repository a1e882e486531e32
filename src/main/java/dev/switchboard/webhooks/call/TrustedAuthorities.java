package dev.switchboard.webhooks.call;

import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate authorities that receivers may use: those of Java, and those of a file if one is
 * configured.
 */
final class TrustedAuthorities {
  private TrustedAuthorities() {}

  /**
   * Reads {@code pemFile}, which is small, once at the start.
   *
   * @param pemFile certificates in PEM form; empty: only Java's authorities
   * @throws IllegalArgumentException if the file can't be read as certificates
   */
  static TrustOptions of(String pemFile) {
    try {
      TrustManagerFactory known = factory(null);
      return TrustOptions.wrap(pemFile.isEmpty() ? known : factory(withFile(known, pemFile)));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException(
          "webhooks.trustedCertificates: " + pemFile + " can't be read as certificates in PEM form",
          e);
    }
  }

  /** The authorities of {@code known} and those of the file. */
  private static KeyStore withFile(TrustManagerFactory known, String pemFile)
      throws GeneralSecurityException, IOException {
    KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
    all.load(null, null);
    for (TrustManager manager : known.getTrustManagers()) {
      if (manager instanceof X509TrustManager system) {
        for (X509Certificate authority : system.getAcceptedIssuers()) {
          add(all, authority);
        }
      }
    }
    try (InputStream in = Files.newInputStream(Path.of(pemFile))) {
      for (Certificate further : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        add(all, further);
      }
    }
    return all;
  }

  private static void add(KeyStore store, Certificate authority) throws GeneralSecurityException {
    store.setCertificateEntry("authority " + store.size(), authority);
  }

  private static TrustManagerFactory factory(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    return factory;
  }
}
