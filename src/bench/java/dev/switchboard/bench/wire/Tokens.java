package dev.switchboard.bench.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Mints the HS256 tokens of the sessions and of the publisher; for one thread. */
public final class Tokens {
  private static final String HEAD = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(UTF_8));
  private static final Duration LIFETIME = Duration.ofHours(2);

  private final Mac mac;
  private final long expiry = Instant.now().plus(LIFETIME).getEpochSecond();

  public Tokens(String secret) {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM lacks HmacSHA256", e);
    }
  }

  /** A signed-in person; tenant and user must need no JSON escapes. */
  public String agent(String tenant, String user) {
    return sign(
        "{\"tenant_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"agent\",\"exp\":%d}"
            .formatted(tenant, user, expiry));
  }

  /** A service that may publish for every tenant. */
  public String service() {
    return sign("{\"sub\":\"bench\",\"svc\":true,\"exp\":%d}".formatted(expiry));
  }

  private String sign(String claims) {
    String signed = HEAD + "." + base64(claims.getBytes(UTF_8));
    return signed + "." + base64(mac.doFinal(signed.getBytes(UTF_8)));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
