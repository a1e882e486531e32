package dev.switchboard.support;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** A certificate authority of our own, and what it signed for this machine, as PEM files. */
public final class TestCertificates {
  private final Path directory = TestRedis.newDirectory();
  private final X509Bundle authority;

  /** Makes the authority, a server's certificate for 127.0.0.1, and a client's. */
  public TestCertificates() {
    authority = issue(authorityCertificate(), null);
    write("ca", authority);
    sign("server", localServer("server"));
    sign("other", certificate("other").addSanDnsName("redis.example.com"));
    signClient("client");
  }

  /** Makes a client's certificate of that file name. */
  public void signClient(String name) {
    sign(name, certificate(name).addExtendedKeyUsageClientAuth());
  }

  /** Makes a certificate of that file name for the server {@code host}. */
  public void signFor(String name, String host) {
    sign(name, certificate(name).addSanDnsName(host));
  }

  /** Makes a server's certificate that ended a day ago: {@code expired.crt}. */
  public void signExpired() {
    Instant yesterday = Instant.now().minus(1, ChronoUnit.DAYS);
    sign("expired", localServer("expired").notAfter(yesterday));
  }

  /** Makes a server's certificate that begins tomorrow: {@code future.crt}. */
  public void signFuture() {
    Instant tomorrow = Instant.now().plus(1, ChronoUnit.DAYS);
    sign("future", localServer("future").notBefore(tomorrow));
  }

  /** Makes a client's certificate that ended a day ago: {@code former.crt}. */
  public void signFormerClient() {
    Instant yesterday = Instant.now().minus(1, ChronoUnit.DAYS);
    sign("former", certificate("former").addExtendedKeyUsageClientAuth().notAfter(yesterday));
  }

  /** Makes a server's certificate that is signed with its own key: {@code self.crt}. */
  public void signSelf() {
    write("self", issue(localServer("localhost").setIsCertificateAuthority(true), null));
  }

  private static CertificateBuilder authorityCertificate() {
    return certificate("test authority")
        .setIsCertificateAuthority(true)
        .setKeyUsage(true, KeyUsage.keyCertSign, KeyUsage.digitalSignature);
  }

  private static CertificateBuilder localServer(String name) {
    return certificate(name).addSanIpAddress("127.0.0.1").addSanDnsName("localhost");
  }

  private static CertificateBuilder certificate(String name) {
    Instant now = Instant.now();
    return new CertificateBuilder()
        .ecp256()
        .subject("CN=" + name)
        .notBefore(now.minus(2, ChronoUnit.DAYS))
        .notAfter(now.plus(2, ChronoUnit.DAYS));
  }

  private void sign(String name, CertificateBuilder certificate) {
    write(name, issue(certificate, authority));
  }

  /** Issues the certificate, signed with its own key if {@code issuer} is null. */
  private static X509Bundle issue(CertificateBuilder certificate, @Nullable X509Bundle issuer) {
    try {
      return issuer == null ? certificate.buildSelfSigned() : certificate.buildIssuedBy(issuer);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void write(String name, X509Bundle issued) {
    write(name + ".crt", issued.getCertificatePEM());
    write(name + ".key", issued.getPrivateKeyPEM());
  }

  private void write(String file, String pem) {
    try {
      Path unused = Files.writeString(directory.resolve(file), pem);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The path of a file such as {@code ca.crt}, {@code server.crt} or {@code client.key}. */
  public String file(String name) {
    return directory.resolve(name).toString();
  }
}
