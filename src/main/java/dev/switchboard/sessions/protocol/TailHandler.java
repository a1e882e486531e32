package dev.switchboard.sessions.protocol;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Scope;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.AttemptTail;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Handles {@code tail} and {@code untail}: the client follows attempts at webhooks of its tenant.
 * Needs the same scope as reading the log of attempts.
 */
public final class TailHandler {
  private final AttemptTail attempts;
  private final ClientReplies replies;

  public TailHandler(AttemptTail attempts, ClientReplies replies) {
    this.attempts = attempts;
    this.replies = replies;
  }

  void tail(ClientRequest request, JsonObject payload) {
    Session session = request.session();
    Object webhook = payload.getValue("webhook_id");
    if (!requireNonNull(session.principal()).has(Scope.WEBHOOKS)) {
      replies.refuse(request, "forbidden", "tail needs the scope webhooks");
    } else if (webhook != null && !isId(webhook)) {
      replies.refuse(request, "bad_request", "webhook_id must be the id of a webhook");
    } else {
      Future<Void> unused =
          attempts
              .follow(session, idOf(webhook))
              .onSuccess(opened -> replies.answer(request, ServerMessages.tailing(webhook)));
    }
  }

  private static boolean isId(Object value) {
    return (value instanceof Integer || value instanceof Long) && ((Number) value).longValue() > 0;
  }

  private static long idOf(@Nullable Object webhook) {
    return webhook == null ? AttemptTail.EVERY : ((Number) webhook).longValue();
  }

  void untail(ClientRequest request, JsonObject payload) {
    attempts.unfollow(request.session());
    replies.answer(request, ServerMessages.plain("untailed"));
  }
}
