package dev.switchboard.webhooks.admin;

/** A webhook, or a call for it, is refused; the message is fit for the caller. */
public final class WebhookRefusedException extends RuntimeException {
  private final Reason reason;

  /** Why. */
  public enum Reason {
    /** There is none of that number, or none that this caller may see. */
    UNKNOWN,
    /** It changed since the caller read it. */
    CHANGED,
    /** The tenant has as many as it may. */
    TOO_MANY,
    /** Too many test calls are under way. */
    BUSY,
    /** The URL may not be called. */
    URL
  }

  WebhookRefusedException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
