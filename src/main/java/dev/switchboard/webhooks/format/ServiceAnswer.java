package dev.switchboard.webhooks.format;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a chat service says in the body of an answer, where it says more than the status.
 *
 * @param reason the service's own word or sentence: {@code no_text}, {@code Unknown Webhook}
 * @param temporary whether a later attempt may succeed although the status says no
 */
public record ServiceAnswer(String reason, boolean temporary) {
  /** Beginning of the body with which an Office connector answers 200 to a message it lost. */
  private static final String OFFICE_FAILURE = "Webhook message delivery failed";

  private static final int TOO_MANY_REQUESTS = 429;

  /** Error codes with which Slack reports faults of its own. */
  private static final Set<String> SLACK_TEMPORARY =
      Set.of("rollup_error", "internal_error", "service_unavailable", "timeout", "ratelimited");

  /**
   * Reads the answer of a service.
   *
   * @return empty if the body says nothing that the status does not say
   */
  public static Optional<ServiceAnswer> read(
      WebhookFormat format, int status, @Nullable String body) {
    String text = body == null ? "" : body.strip();
    if (!format.isChat() || text.isEmpty()) {
      return Optional.empty();
    }
    if (status >= 200 && status < 300) {
      return format == WebhookFormat.TEAMS && text.startsWith(OFFICE_FAILURE)
          ? Optional.of(new ServiceAnswer(text, mentionsLaterStatus(text)))
          : Optional.empty();
    }
    String reason = format == WebhookFormat.SLACK ? text : jsonReason(text);
    return reason.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ServiceAnswer(
                reason, status == TOO_MANY_REQUESTS || SLACK_TEMPORARY.contains(reason)));
  }

  /** {@code {"message"}} of Discord; {@code {"error":{"message"}}} of Google and Microsoft. */
  private static String jsonReason(String text) {
    try {
      JsonObject body = new JsonObject(text);
      JsonObject source = body.getValue("error") instanceof JsonObject error ? error : body;
      Object status = source.getValue("status", source.getValue("code"));
      Object message = source.getValue("message");
      if (message == null) {
        return "";
      }
      return status == null ? message.toString() : message + " (" + status + ")";
    } catch (DecodeException notJson) {
      return "";
    }
  }

  private static boolean mentionsLaterStatus(String text) {
    return text.matches("(?s).*\\b(429|5\\d\\d)\\b.*");
  }
}
