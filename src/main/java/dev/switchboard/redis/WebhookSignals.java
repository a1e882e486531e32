package dev.switchboard.redis;

import dev.switchboard.bus.WebhookSignal;
import dev.switchboard.bus.WebhookSignal.Kind;
import dev.switchboard.event.TenantId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What nodes tell each other about webhooks: hints over the control channel, and the attempts that
 * somebody follows, over a channel of their tenant. At most once.
 */
public final class WebhookSignals {
  private static final int MAX_NUMBER = 19;

  private final RedisCommands redis;
  private final Keys keys;

  /** Over the commands of one event loop. */
  public WebhookSignals(RedisCommands redis, Keys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /** Tells every node. */
  public Future<?> tell(WebhookSignal signal) {
    JsonObject json =
        new JsonObject()
            .put("kind", signal.kind().name().toLowerCase(Locale.ROOT))
            .put("tenant_id", signal.tenant().value())
            .put("webhook_id", signal.webhook())
            .put("delivery_id", signal.delivery());
    return redis.send("publish", List.of(keys.controlChannel(), json.encode()));
  }

  /** Reads a signal as it stands on the control channel; null if it is none. */
  public static @Nullable WebhookSignal parse(byte[] message) {
    try {
      JsonObject json = new JsonObject(Buffer.buffer(message));
      return new WebhookSignal(
          Kind.valueOf(json.getString("kind", "").toUpperCase(Locale.ROOT)),
          new TenantId(json.getString("tenant_id", "")),
          json.getLong("webhook_id", 0L),
          json.getLong("delivery_id", 0L));
    } catch (DecodeException | ClassCastException | IllegalArgumentException e) {
      return null;
    }
  }

  /** Tells of an attempt: the webhook's number, a space, and what sockets are sent. */
  public Future<?> attempted(TenantId tenant, long webhook, JsonObject message) {
    return redis.send(
        "publish", List.of(keys.attemptsChannel(tenant), webhook + " " + message.encode()));
  }

  /** An attempt as it stands on its channel. */
  public record Attempted(long webhook, byte[] message) {
    /** Null if it is none. */
    public static @Nullable Attempted parse(byte[] bytes) {
      int space = 0;
      while (space < bytes.length && bytes[space] >= '0' && bytes[space] <= '9') {
        space++;
      }
      if (space == 0 || space >= MAX_NUMBER || space + 1 >= bytes.length) {
        return null;
      }
      if (bytes[space] != ' ' || bytes[space + 1] != '{') {
        return null;
      }
      String digits = new String(bytes, 0, space, StandardCharsets.US_ASCII);
      return new Attempted(
          Long.parseLong(digits), Arrays.copyOfRange(bytes, space + 1, bytes.length));
    }
  }
}
