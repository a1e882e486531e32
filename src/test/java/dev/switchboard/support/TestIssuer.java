package dev.switchboard.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An identity server that signs tokens, and publishes, changes and withholds its keys. */
public final class TestIssuer implements AutoCloseable {
  private final HttpServer server;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile String published = "{}";
  private volatile int status = 200;

  /** Listens on a free port; nothing is published yet. */
  public TestIssuer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    int unused = asked.incrementAndGet();
    byte[] body = published.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** Where its keys are. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/.well-known/jwks.json";
  }

  /** How often it was asked for them. */
  public int asked() {
    return asked.get();
  }

  /** Answers with that status from now on. */
  public void status(int code) {
    status = code;
  }

  /** Publishes these keys and no others. */
  public void publish(JsonObject... keys) {
    JsonArray list = new JsonArray();
    for (JsonObject key : keys) {
      list.add(key);
    }
    published = new JsonObject().put("keys", list).encode();
  }

  /** A fresh pair of keys. */
  public static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2_048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What is published of a pair. */
  public static JsonObject jwk(String id, KeyPair pair) {
    RSAPublicKey key = (RSAPublicKey) pair.getPublic();
    return new JsonObject()
        .put("kty", "RSA")
        .put("use", "sig")
        .put("alg", "RS256")
        .put("kid", id)
        .put("n", base64(key.getModulus()))
        .put("e", base64(key.getPublicExponent()));
  }

  private static String base64(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int from = bytes[0] == 0 ? 1 : 0;
    return base64(Arrays.copyOfRange(bytes, from, bytes.length));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * A token for user 456 of tenant t, good for ten minutes; without {@code kid} if that is null.
   */
  public static String sign(@Nullable String id, KeyPair pair) {
    JsonObject claims =
        new JsonObject().put("tenant_id", "t").put("sub", "456").put("exp", TestTokens.now() + 600);
    String head =
        base64(new JsonObject().put("alg", "RS256").put("kid", id).encode().getBytes(UTF_8))
            + "."
            + base64(claims.encode().getBytes(UTF_8));
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(pair.getPrivate());
      signature.update(head.getBytes(UTF_8));
      return head + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
