package dev.switchboard.webhooks.registry;

import java.util.List;

/** What was asked for is no acceptable webhook; nothing of it was saved. */
public final class InvalidWebhookException extends RuntimeException {
  private final List<Fault> faults;

  /**
   * One thing that is wrong.
   *
   * @param pointer JSON pointer into the body
   * @param message what is wrong and how to mend it
   */
  public record Fault(String pointer, String message) {}

  InvalidWebhookException(List<Fault> faults) {
    super("mend the listed fields");
    this.faults = List.copyOf(faults);
  }

  /** Every fault found. */
  public List<Fault> faults() {
    return faults;
  }
}
