package dev.switchboard.webhooks.guard;

/** A URL may not be called; the message says why and reveals nothing about the network. */
public final class RefusedUrlException extends RuntimeException {
  RefusedUrlException(String message) {
    super(message);
  }
}
