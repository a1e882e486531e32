package dev.switchboard.redis;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.redis.connection.RedisClients;
import dev.switchboard.support.SecuredRedis;
import dev.switchboard.support.TestCertificates;
import dev.switchboard.support.TestCluster;
import dev.switchboard.support.TestRedis;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each reason why Redis can't be used is reported in one line that says what to change. */
class RedisProblemsIT {
  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final Vertx VERTX = Vertx.vertx();

  private static TestRedis plain;
  private static TestRedis empty;
  private static TestRedis sentinel;
  private static SecuredRedis secured;
  private static SecuredRedis misnamed;

  @BeforeAll
  static void start() {
    plain = TestRedis.start("--requirepass", "right");
    empty = TestCluster.startAlone();
    sentinel = TestRedis.startWatching("known", plain, "requirepass \"right\"");
    secured = SecuredRedis.start(CERTIFICATES);
    misnamed = SecuredRedis.start(CERTIFICATES, "other");
  }

  @AfterAll
  static void stop() {
    List.of(plain, empty, sentinel).forEach(TestRedis::close);
    secured.close();
    misnamed.close();
    Object unused = get(VERTX.close());
  }

  private static <T> T get(io.vertx.core.Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String problem(JsonObject given) {
    JsonObject section = new JsonObject().put("timeout", "10s").mergeIn(given);
    RedisClients clients =
        new RedisClients(
            VERTX,
            ConfigLoader.bind("test", new JsonObject().put("redis", section), name -> null)
                .redis());
    try {
      return "no problem: " + get(clients.examine());
    } catch (IllegalStateException e) {
      Throwable cause = requireNonNull(e.getCause());
      String message = requireNonNull(cause.getMessage());
      assertThat(cause).isInstanceOf(RedisProblemException.class);
      assertThat(message.lines()).hasSize(1);
      return message;
    }
  }

  private static JsonObject mode(String mode, String... nodes) {
    return new JsonObject().put("mode", mode).put("nodes", new JsonArray(List.of(nodes)));
  }

  @Test
  void passwords() {
    JsonObject section = mode("standalone", plain.address());

    assertThat(problem(section.copy().put("password", "right"))).startsWith("no problem");
    assertThat(problem(section.copy().put("password", "wrong")))
        .startsWith("Redis at " + plain.address() + " refused the user or password")
        .contains("redis.user", "redis.password");
    assertThat(problem(section)).contains("requires a password; set redis.password");
  }

  @Test
  void serversOfAnotherKind() {
    assertThat(problem(mode("standalone", empty.address()))).contains("set redis.mode to cluster");
    assertThat(problem(mode("standalone", sentinel.address()).put("password", "right")))
        .contains("set redis.mode to sentinel");
    assertThat(problem(mode("cluster", plain.address()).put("password", "right")))
        .contains("is not part of a cluster; set redis.mode to standalone");
    assertThat(
            problem(
                mode("sentinel", plain.address())
                    .put("masterName", "known")
                    .put("sentinelPassword", "right")))
        .contains("is not a sentinel");
  }

  @Test
  void sentinels() {
    String nobody = "127.0.0.1:" + TestRedis.freePort();
    JsonObject section =
        mode("sentinel", nobody, sentinel.address())
            .put("masterName", "known")
            .put("sentinelPassword", "right")
            .put("password", "right");

    assertThat(problem(section)).startsWith("no problem");
    assertThat(problem(section.copy().put("masterName", "unknown")))
        .contains(
            "do not know a master named \"unknown\"",
            "they know: known",
            "correct redis.masterName");
    assertThat(problem(section.copy().put("sentinelPassword", "wrong")))
        .contains("redis.sentinelPassword");
    assertThat(problem(section.copy().put("nodes", new JsonArray().add(nobody))))
        .startsWith("the sentinel at " + nobody + " can't be reached")
        .contains("correct redis.nodes");
    assertThat(problem(section.copy().put("nodes", new JsonArray().add(nobody).add(nobody))))
        .startsWith("no sentinel of redis.nodes answers: ");
  }

  @Test
  void slotsThatNobodyServes() {
    assertThat(problem(mode("cluster", empty.address())))
        .contains("serves 0 of 16384 slots", "redis-cli --cluster fix");
  }

  @Test
  void certificates() {
    secured.addUser(List.of("on", ">" + SecuredRedis.PASSWORD, "allkeys", "allchannels", "+@all"));
    misnamed.addUser(List.of("on", ">" + SecuredRedis.PASSWORD, "allkeys", "allchannels", "+@all"));
    JsonObject section = secured.section().put("mode", "standalone");
    JsonObject other = misnamed.section().put("mode", "standalone");

    assertThat(problem(section)).startsWith("no problem");
    assertThat(problem(section.copy().put("tlsCa", ""))).contains("not trusted", "redis.tlsCa");
    assertThat(problem(section.copy().put("tlsCa", "").put("tlsVerify", "none")))
        .startsWith("no problem");
    assertThat(problem(other)).contains("for other names", "set redis.tlsVerify to chain");
    assertThat(problem(other.copy().put("tlsVerify", "chain"))).startsWith("no problem");
    JsonObject withoutCertificate = section.copy();
    withoutCertificate.remove("tlsCertificate");
    withoutCertificate.remove("tlsKey");
    assertThat(problem(withoutCertificate)).contains("client certificate", "redis.tlsCertificate");
  }

  @Test
  void missingRights() {
    assertThat(problemWithRights("allkeys", "allchannels", "+@all", "-hscan", "-xtrim", "-getdel"))
        .contains("ACL user", "grant: +getdel +hscan +xtrim");
    assertThat(problemWithRights("allkeys", "&switchboard:*", "+@all"))
        .contains("grant: &callcenter:*");
    assertThat(problemWithRights("allkeys", "allchannels", "+@all", "-subscribe"))
        .contains("grant: +subscribe");
    assertThat(problemWithRights("~switchboard:*", "allchannels", "+@all"))
        .contains("grant: ~callcenter:*");
  }

  private static String problemWithRights(String... rights) {
    assertThat(secured.plain().cli("ACL", "DELUSER", "limited")).isIn("0", "1");
    List<String> command = new ArrayList<>(List.of("ACL", "SETUSER", "limited", "on"));
    command.addAll(List.of(">" + SecuredRedis.PASSWORD, "resetchannels"));
    command.addAll(List.of(rights));
    assertThat(secured.plain().cli(command.toArray(String[]::new))).isEqualTo("OK");
    return problem(secured.section().put("mode", "standalone").put("user", "limited"));
  }

  @Test
  void certificatesThatAreNotValidNow() {
    CERTIFICATES.signExpired();
    CERTIFICATES.signFuture();
    CERTIFICATES.signFormerClient();
    secured.addUser(List.of("on", ">" + SecuredRedis.PASSWORD, "allkeys", "allchannels", "+@all"));
    JsonObject formerClient =
        secured
            .section()
            .put("mode", "standalone")
            .put("tlsCertificate", CERTIFICATES.file("former.crt"))
            .put("tlsKey", CERTIFICATES.file("former.key"));

    assertThat(problemWithServer("expired")).contains("has expired (NotAfter: ", "renew it");
    assertThat(problemWithServer("future")).contains("not valid yet (NotBefore: ", "clocks");
    assertThat(problem(formerClient)).contains("has expired; renew redis.tlsCertificate");
  }

  private static String problemWithServer(String certificate) {
    try (SecuredRedis redis = SecuredRedis.start(CERTIFICATES, certificate)) {
      return problem(redis.section().put("mode", "standalone"));
    }
  }

  @Test
  void encryptionOnOneSideOnly() {
    JsonObject plainly = mode("standalone", secured.section().getJsonArray("nodes").getString(0));
    JsonObject encrypted =
        secured.section().put("nodes", new JsonArray().add(secured.plain().address()));

    assertThat(problem(plainly)).contains("set redis.tls");
    encrypted.put("mode", "standalone").put("timeout", "500ms");
    assertThat(problem(encrypted)).contains("set redis.tls to false");
  }
}
