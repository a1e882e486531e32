package dev.switchboard.client.session;

import dev.switchboard.client.model.TokenRequest;
import dev.switchboard.client.platform.Loop;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** When to connect again. Belongs to the client's thread. */
final class Reconnects {
  /** A fresh widget key takes up to 2 s to reach every node. */
  private static final long WIDGET_KEY_PAUSE = 2 * Backoff.SECOND;

  private static final long WIDGET_KEY_PATIENCE = 5 * Backoff.SECOND;
  private static final Pattern RETRY_AFTER = Pattern.compile("retry_after_ms=(\\d{1,9})");

  private final Loop loop;
  private final Backoff backoff;
  private int failures;
  private int refusals;
  private boolean widgetKeyRetried;
  private long startedAt;
  private TokenRequest tokenRequest = TokenRequest.CONNECT;

  Reconnects(Loop loop) {
    this.loop = loop;
    this.backoff = new Backoff(loop);
  }

  void started() {
    startedAt = startedAt == 0 ? loop.now() : startedAt;
  }

  void failed() {
    failures++;
  }

  /** The connection that ended had lived for a while. */
  void stable() {
    failures = 0;
  }

  void connected() {
    refusals = 0;
  }

  TokenRequest takeTokenRequest() {
    TokenRequest request = tokenRequest;
    tokenRequest = TokenRequest.CONNECT;
    return request;
  }

  long backOff() {
    return backoff.pause(failures);
  }

  long soon() {
    return failures > 0 ? backOff() : backoff.random(Backoff.SECOND);
  }

  /** Milliseconds until the next attempt; null for none. */
  @Nullable Long delay(CloseAction.Next next, String text) {
    return switch (next) {
      case STOP -> null;
      case WHEN_TOLD -> delayIn(text);
      case SOON, REJECT_LONGEST -> soon();
      case LATER -> Backoff.SECOND + backoff.pause(failures, Backoff.SECOND);
      case NEW_TOKEN -> tokenDelay(text);
      case ONCE_MORE -> widgetKeyDelay();
      case BACK_OFF -> backOff();
    };
  }

  private long delayIn(String text) {
    Matcher stated = RETRY_AFTER.matcher(text);
    return stated.find() ? Long.parseLong(stated.group(1)) : backoff.random(Backoff.SECOND);
  }

  /** A second refusal without a connection between means that no token will do. */
  private @Nullable Long tokenDelay(String text) {
    tokenRequest = TokenRequest.EXPIRED;
    boolean counts = !text.contains("no auth message");
    refusals += counts ? 1 : 0;
    if (refusals > 1) {
      return null;
    }
    return failures > 0 || !counts ? backOff() : 0L;
  }

  private @Nullable Long widgetKeyDelay() {
    boolean fresh = !widgetKeyRetried && loop.now() - startedAt < WIDGET_KEY_PATIENCE;
    widgetKeyRetried = true;
    return fresh ? WIDGET_KEY_PAUSE : null;
  }
}
