package dev.switchboard.webhooks.registry;

/** A request about a webhook is refused; the message is fit for the caller. */
public final class WebhookRefusedException extends RuntimeException {
  private final Reason reason;

  /** Why a request is refused. */
  public enum Reason {
    /** There is no such webhook, delivery or row of the log. */
    UNKNOWN,
    /** It changed since the caller read it. */
    CHANGED,
    /** The tenant has the maximum number of webhooks. */
    TOO_MANY,
    /** Too many test calls are in flight. */
    BUSY,
    /** The URL may not be called. */
    URL
  }

  public WebhookRefusedException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** The same for a webhook that does not exist and for one of another tenant. */
  public static WebhookRefusedException noSuchWebhook() {
    return new WebhookRefusedException(Reason.UNKNOWN, "no such webhook");
  }

  /** The same for a row of the log that does not exist and for one of another tenant. */
  public static WebhookRefusedException noSuchLogRow() {
    return new WebhookRefusedException(Reason.UNKNOWN, "no such row in the log");
  }

  public Reason reason() {
    return reason;
  }
}
