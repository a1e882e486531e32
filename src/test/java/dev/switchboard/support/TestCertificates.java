package dev.switchboard.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A certificate authority of our own, made by openssl, and what it signed for this machine. */
public final class TestCertificates {
  private final Path directory = TestRedis.newDirectory();

  /** Makes the authority, a server's certificate for 127.0.0.1, and a client's. */
  public TestCertificates() {
    openssl("req", "-x509", "-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.crt");
    sign("server", "subjectAltName=IP:127.0.0.1,DNS:localhost");
    sign("other", "subjectAltName=DNS:redis.example.com");
    sign("client", "extendedKeyUsage=clientAuth");
  }

  /** Makes a server's certificate that ended a day ago: {@code expired.crt}. */
  public void signExpired() {
    openssl("req", "-subj", "/CN=expired", "-keyout", "expired.key", "-out", "expired.csr");
    write("expired.ext", "subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n");
    run(
        List.of(
            "openssl",
            "x509",
            "-req",
            "-in",
            "expired.csr",
            "-CA",
            "ca.crt",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "-1",
            "-extfile",
            "expired.ext",
            "-out",
            "expired.crt"));
  }

  /** Makes a server's certificate that nobody but itself signed: {@code self.crt}. */
  public void signSelf() {
    openssl(
        "req",
        "-x509",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=IP:127.0.0.1,DNS:localhost",
        "-keyout",
        "self.key",
        "-out",
        "self.crt");
  }

  private void write(String name, String text) {
    try {
      Path unused = Files.writeString(directory.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void sign(String name, String extension) {
    openssl(
        "req",
        "-x509",
        "-CA",
        "ca.crt",
        "-CAkey",
        "ca.key",
        "-subj",
        "/CN=" + name,
        "-addext",
        extension,
        "-addext",
        "basicConstraints=CA:FALSE",
        "-keyout",
        name + ".key",
        "-out",
        name + ".crt");
  }

  private void openssl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("openssl", arguments[0]));
    command.addAll(List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"));
    command.addAll(List.of("-nodes", "-days", "2"));
    command.addAll(List.of(arguments).subList(1, arguments.length));
    run(command);
  }

  private void run(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("openssl.log").toFile())
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException("openssl failed; see " + directory + "/openssl.log");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A file such as {@code ca.crt}, {@code server.crt} or {@code client.key}. */
  public String file(String name) {
    return directory.resolve(name).toString();
  }
}
