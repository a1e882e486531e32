package dev.switchboard.support;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** A Redis that speaks TLS, asks for a client certificate, and knows a user with few rights. */
public final class SecuredRedis implements AutoCloseable {
  /** Password of the user; must be encoded in an address. */
  public static final String PASSWORD = "p@ss:w/o?rd#%41";

  private final TestCertificates certificates;
  private final TestRedis redis;
  private final int tlsPort;

  private SecuredRedis(TestCertificates certificates, TestRedis redis, int tlsPort) {
    this.certificates = certificates;
    this.redis = redis;
    this.tlsPort = tlsPort;
  }

  /** Starts one; a port without TLS stays open for the test's own questions. */
  public static SecuredRedis start(TestCertificates certificates) {
    return start(certificates, "server");
  }

  /** The same with another certificate than the fitting one. */
  public static SecuredRedis start(TestCertificates certificates, String certificate) {
    int tlsPort = TestRedis.freePort();
    TestRedis redis =
        TestRedis.startAt(
            TestRedis.freePort(),
            arguments(certificates, certificate, tlsPort).toArray(String[]::new));
    return new SecuredRedis(certificates, redis, tlsPort);
  }

  static List<String> arguments(TestCertificates certificates, String certificate, int tlsPort) {
    List<String> all = new ArrayList<>(List.of("--tls-port", Integer.toString(tlsPort)));
    all.addAll(List.of("--tls-auth-clients", "yes"));
    all.addAll(List.of("--tls-ca-cert-file", certificates.file("ca.crt")));
    all.addAll(List.of("--tls-cert-file", certificates.file(certificate + ".crt")));
    all.addAll(List.of("--tls-key-file", certificates.file(certificate + ".key")));
    return all;
  }

  /** Makes the user, and leaves the default user none of its rights. */
  public void addUser(List<String> rights) {
    addUser(redis, rights);
  }

  /** The same on any server. */
  public static void addUser(TestRedis redis, List<String> rights) {
    List<String> command = new ArrayList<>(List.of("ACL", "SETUSER", "switchboard"));
    command.addAll(rights);
    String answer = redis.cli(command.toArray(String[]::new));
    if (!answer.equals("OK")) {
      throw new AssertionError(answer);
    }
  }

  /** Settings that reach it as that user. */
  public JsonObject section() {
    return section(certificates).put("nodes", new JsonArray().add("127.0.0.1:" + tlsPort));
  }

  /** Settings without addresses. */
  public static JsonObject section(TestCertificates certificates) {
    return new JsonObject()
        .put("user", "switchboard")
        .put("password", PASSWORD)
        .put("tls", true)
        .put("tlsCa", certificates.file("ca.crt"))
        .put("tlsCertificate", certificates.file("client.crt"))
        .put("tlsKey", certificates.file("client.key"));
  }

  /** Its port without TLS. */
  public TestRedis plain() {
    return redis;
  }

  @Override
  public void close() {
    redis.close();
  }
}
