package dev.switchboard.webhooks.registry;

import java.util.List;

/** The settings given for a webhook are invalid; nothing was saved. */
public final class InvalidWebhookException extends RuntimeException {
  private final List<Fault> faults;

  /**
   * One invalid member.
   *
   * @param pointer JSON pointer into the body
   * @param message what is wrong and how to fix it
   */
  public record Fault(String pointer, String message) {}

  InvalidWebhookException(List<Fault> faults) {
    super("fix the listed fields");
    this.faults = List.copyOf(faults);
  }

  /** Every fault found. */
  public List<Fault> faults() {
    return faults;
  }
}
