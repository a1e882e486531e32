package dev.switchboard.ingest;

/** An event of the same tenant before it in the array was not accepted. */
final class OutOfOrderException extends RuntimeException {
  static final String MESSAGE = "an earlier event of the tenant in this array was not accepted";

  OutOfOrderException() {
    super(MESSAGE, null, false, false);
  }
}
