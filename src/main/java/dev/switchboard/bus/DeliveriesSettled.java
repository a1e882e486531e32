package dev.switchboard.bus;

/** What became of an event whose deliveries were held. */
public record DeliveriesSettled(HeldDeliveries held, Fate fate) {

  /** What became of it. */
  public enum Fate {
    /** Published now: whatever is owed may start, also rows that an earlier call still holds. */
    PUBLISHED,
    /** Published by an earlier call: only rows of this claim may start. */
    PUBLISHED_BEFORE,
    /** An earlier call was answered without these rows: they were never owed. */
    NOT_OWED,
    /** Surely not published, and the producer was told so. */
    WITHDRAWN
  }
}
