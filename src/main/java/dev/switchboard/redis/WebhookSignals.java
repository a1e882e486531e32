package dev.switchboard.redis;

import dev.switchboard.bus.HubBatch.AttemptItem;
import dev.switchboard.bus.HubBatch.Attempted;
import dev.switchboard.bus.HubBatch.AttemptsMissed;
import dev.switchboard.bus.WebhookSignal;
import dev.switchboard.bus.WebhookSignal.AttemptsWanted;
import dev.switchboard.bus.WebhookSignal.DeliveriesCancelled;
import dev.switchboard.bus.WebhookSignal.DeliveryCancelled;
import dev.switchboard.bus.WebhookSignal.ReceiverAnswered;
import dev.switchboard.event.TenantId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends hints about webhooks to all nodes over the control channel, and attempts that sessions
 * follow over a channel of their tenant. At most once.
 *
 * <p>On the wire the number 0 means "no webhook in particular" or "all deliveries"; numbers of rows
 * begin at 1.
 */
public final class WebhookSignals {
  private static final int MAX_DIGITS = 18;
  private static final String WANTED = "tail_wanted";
  private static final String CANCELLED = "cancelled";
  private static final String ANSWERED = "receiver_answered";

  private final RedisCommands redis;
  private final Keys keys;

  /** Over the commands of one event loop. */
  public WebhookSignals(RedisCommands redis, Keys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /** Sends a hint to every node, this one included. */
  public Future<?> send(WebhookSignal signal) {
    return redis.send("publish", List.of(keys.controlChannel(), format(signal)));
  }

  private static String format(WebhookSignal signal) {
    if (signal instanceof DeliveryCancelled one) {
      return format(CANCELLED, one.tenant(), one.webhook(), one.delivery());
    }
    if (signal instanceof DeliveriesCancelled all) {
      return format(CANCELLED, all.tenant(), all.webhook(), 0);
    }
    if (signal instanceof ReceiverAnswered answered) {
      return format(ANSWERED, answered.tenant(), answered.webhook(), 0);
    }
    return format(WANTED, signal.tenant(), 0, 0);
  }

  private static String format(String kind, TenantId tenant, long webhook, long delivery) {
    return new JsonObject()
        .put("kind", kind)
        .put("tenant_id", tenant.value())
        .put("webhook_id", webhook)
        .put("delivery_id", delivery)
        .encode();
  }

  /** Reads a message of the control channel; null if it is not a hint about webhooks. */
  public static @Nullable WebhookSignal parse(byte[] message) {
    try {
      JsonObject json = new JsonObject(Buffer.buffer(message));
      json.getMap().values().removeIf(Objects::isNull);
      TenantId tenant = new TenantId(json.getString("tenant_id", ""));
      return switch (json.getString("kind", "").toLowerCase(Locale.ROOT)) {
        case WANTED -> new AttemptsWanted(tenant);
        case CANCELLED ->
            cancelled(tenant, json.getLong("webhook_id", 0L), json.getLong("delivery_id", 0L));
        case ANSWERED -> new ReceiverAnswered(tenant, json.getLong("webhook_id", 0L));
        default -> null;
      };
    } catch (DecodeException | ClassCastException | IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable WebhookSignal cancelled(TenantId tenant, long webhook, long delivery) {
    if (webhook == 0) {
      return null;
    }
    return delivery == 0
        ? new DeliveriesCancelled(tenant, webhook)
        : new DeliveryCancelled(tenant, webhook, delivery);
  }

  /** Sends an attempt at a webhook; {@code message} is what the sockets get. */
  public Future<?> attempted(TenantId tenant, long webhook, JsonObject message) {
    return publishAttempt(tenant, webhook, message);
  }

  /** Reports that attempts were left out; {@code message} is what the sockets get. */
  public Future<?> attemptsMissed(TenantId tenant, JsonObject message) {
    return publishAttempt(tenant, 0, message);
  }

  private Future<?> publishAttempt(TenantId tenant, long webhook, JsonObject message) {
    return redis.send(
        "publish", List.of(keys.attemptsChannel(tenant), webhook + " " + message.encode()));
  }

  /**
   * Reads a message of the tenant's channel of attempts: the webhook's number, a space, and the
   * JSON for the sockets; null if it has another form.
   */
  public static @Nullable AttemptItem parseAttempt(TenantId tenant, byte[] bytes) {
    int space = 0;
    while (space < bytes.length && bytes[space] >= '0' && bytes[space] <= '9') {
      space++;
    }
    if (space == 0 || space > MAX_DIGITS || space + 1 >= bytes.length) {
      return null;
    }
    if (bytes[space] != ' ' || bytes[space + 1] != '{') {
      return null;
    }
    long webhook = Long.parseLong(new String(bytes, 0, space, StandardCharsets.US_ASCII));
    byte[] message = Arrays.copyOfRange(bytes, space + 1, bytes.length);
    return webhook == 0
        ? new AttemptsMissed(tenant, message)
        : new Attempted(tenant, webhook, message);
  }
}
