package dev.switchboard.client.model;

import org.jspecify.annotations.Nullable;

/** A failure with a code to decide by. */
public final class SwitchboardException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final @Nullable Outcome outcome;

  /** What became of a message. */
  public enum Outcome {
    /** The server refused it. */
    REJECTED,
    /** It never left. */
    NOT_SENT,
    /** It may have arrived. */
    UNKNOWN
  }

  public SwitchboardException(String code, String message, @Nullable Outcome outcome) {
    super(message);
    this.code = code;
    this.outcome = outcome;
  }

  public static SwitchboardException notSent(String code) {
    return new SwitchboardException(code, "the message was not sent", Outcome.NOT_SENT);
  }

  /** The server's code, such as {@code forbidden}, or the client's, such as {@code timeout}. */
  public String code() {
    return code;
  }

  /** What became of the message; null if the failure is not about one. */
  public @Nullable Outcome outcome() {
    return outcome;
  }
}
