package dev.switchboard.client.session;

import dev.switchboard.client.model.Status;
import dev.switchboard.client.model.SwitchboardException;
import dev.switchboard.client.model.TokenRequest;
import dev.switchboard.client.model.UnauthorizedException;
import dev.switchboard.client.platform.Json;
import dev.switchboard.client.platform.Loop;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Sends a fresh token before the one in use expires. Belongs to the client's thread. */
final class TokenRenewal {
  private static final long MAX_PAUSE = 10 * Backoff.SECOND;

  private final Loop loop;
  private final Settings settings;
  private final Credentials credentials;
  private final ClientSession core;
  private long renewedAt = Long.MIN_VALUE / 2;
  private Loop.@Nullable Timer timer;

  TokenRenewal(Loop loop, Settings settings, Credentials credentials, ClientSession core) {
    this.loop = loop;
    this.settings = settings;
    this.credentials = credentials;
    this.core = core;
  }

  /** The token of that connection expires at {@code expires}, in milliseconds since 1970. */
  void expiring(Link link, long expires) {
    long left = expires - loop.now();
    if (!settings.hasToken() || timer != null || left <= 0) {
      return;
    }
    long pause = Math.min(MAX_PAUSE, Math.max(Backoff.SECOND, left / 2));
    long delay = Math.max(0, renewedAt + pause - loop.now());
    timer = loop.schedule(delay, () -> renew(link, expires));
  }

  private void renew(Link link, long expires) {
    renewedAt = loop.now();
    credentials.ask(
        TokenRequest.EXPIRING,
        () -> core.isCurrent(link),
        (token, failure) -> {
          if (failure == null) {
            send(link, expires, String.valueOf(token));
          } else {
            failed(link, expires, failure);
          }
        });
  }

  private void send(Link link, long expires, String token) {
    String message = Json.write(Map.of("type", "auth", "payload", Map.of("token", token)));
    CompletableFuture<?> unused =
        core.request(message)
            .whenComplete(
                (answer, failure) -> {
                  if (failure == null) {
                    timer = null;
                  } else {
                    failed(link, expires, failure);
                  }
                });
  }

  private void failed(Link link, long expires, Throwable failure) {
    if (!core.isCurrent(link)) {
      return;
    }
    timer = null;
    if (failure instanceof UnauthorizedException) {
      core.finish(Status.Reason.UNAUTHORIZED, String.valueOf(failure.getMessage()));
    } else if (failure instanceof SwitchboardException known && known.code().equals("forbidden")) {
      core.startAgain();
    } else {
      core.report(failure);
      expiring(link, expires);
    }
  }

  /** The connection is lost. */
  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    renewedAt = Long.MIN_VALUE / 2;
  }
}
