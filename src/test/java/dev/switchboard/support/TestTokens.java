package dev.switchboard.support;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens as an outside identity server would make them: no code of ours takes part. */
public final class TestTokens {
  /** The secret every test node shares. */
  public static final String SECRET = "a secret of tests, long enough for HS256";

  private TestTokens() {}

  /** An agent of a tenant, for an hour. */
  public static String user(String tenant, String user) {
    return user(tenant, user, "agent");
  }

  /** A user with a role, for an hour. */
  public static String user(String tenant, String user, String role) {
    return sign(
        new JsonObject()
            .put("tenant_id", tenant)
            .put("user_id", user)
            .put("role", role)
            .put("exp", now() + 3_600));
  }

  /** A backend that acts for every tenant. */
  public static String service() {
    return sign(new JsonObject().put("svc", true).put("exp", now() + 3_600));
  }

  /** Any claims. */
  public static String sign(JsonObject claims) {
    String head = part("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + part(claims.encode());
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] signature = mac.doFinal(head.getBytes(StandardCharsets.UTF_8));
      return head + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Seconds since the epoch. */
  public static long now() {
    return System.currentTimeMillis() / 1_000;
  }

  private static String part(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
