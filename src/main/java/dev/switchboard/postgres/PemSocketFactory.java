package dev.switchboard.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.postgresql.ssl.WrappedFactory;

/**
 * TLS for JDBC from the same PEM files as for the other connections. The factories of the driver
 * look for files in the home directory, and read keys in binary form only. The driver itself
 * verifies the name.
 */
public final class PemSocketFactory extends WrappedFactory {
  private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA", "Ed25519");
  private static final char[] NO_PASSWORD = new char[0];

  /** Called by the driver with the properties of the connection. */
  public PemSocketFactory(Properties properties) throws GeneralSecurityException, IOException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys(properties), trusted(properties), null);
    factory = context.getSocketFactory();
  }

  /** Null for the certificates that the Java runtime trusts. */
  private static TrustManager @Nullable [] trusted(Properties properties)
      throws GeneralSecurityException, IOException {
    if (properties.getProperty("sslmode", "").equals("require")) {
      return new TrustManager[] {new TrustAll()};
    }
    String authorities = properties.getProperty("sslrootcert", "");
    if (authorities.isEmpty()) {
      return null;
    }
    KeyStore store = emptyStore();
    for (Certificate certificate : certificates(authorities)) {
      store.setCertificateEntry("ca-" + store.size(), certificate);
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    return managers.getTrustManagers();
  }

  /** Null for no client certificate. */
  private static KeyManager @Nullable [] keys(Properties properties)
      throws GeneralSecurityException, IOException {
    String certificate = properties.getProperty("sslcert", "");
    if (certificate.isEmpty()) {
      return null;
    }
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "client",
        privateKey(properties.getProperty("sslkey", "")),
        NO_PASSWORD,
        certificates(certificate).toArray(Certificate[]::new));
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, NO_PASSWORD);
    return managers.getKeyManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(String file)
      throws GeneralSecurityException, IOException {
    try (InputStream pem = Files.newInputStream(Path.of(file))) {
      return CertificateFactory.getInstance("X.509").generateCertificates(pem);
    }
  }

  private static PrivateKey privateKey(String file) throws GeneralSecurityException, IOException {
    String pem = Files.readString(Path.of(file), StandardCharsets.US_ASCII);
    String base64 = pem.replaceAll("-----[A-Z ]+-----", "");
    PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException anotherAlgorithm) {
        // The next one is tried.
      }
    }
    throw new InvalidKeySpecException(
        "postgres.tlsKey: " + file + " is not an RSA, EC or Ed25519 key in PKCS #8 form");
  }

  /** For {@code require}: encrypted, but the identity of the server is not checked. */
  private static final class TrustAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
