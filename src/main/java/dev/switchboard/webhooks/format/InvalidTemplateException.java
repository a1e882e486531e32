package dev.switchboard.webhooks.format;

/** A template cannot be used; the message completes "the template …" and is fit for its author. */
public final class InvalidTemplateException extends RuntimeException {
  InvalidTemplateException(String message) {
    super(message);
  }
}
