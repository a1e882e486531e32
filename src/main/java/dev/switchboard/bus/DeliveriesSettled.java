package dev.switchboard.bus;

/** The fate of an event whose deliveries were held until it was published. */
public record DeliveriesSettled(HeldDeliveries held, Fate fate) {

  /** What happened to the event. */
  public enum Fate {
    /** Published now: its deliveries may start, also those that an earlier call still holds. */
    PUBLISHED,
    /** Published by an earlier call: only the deliveries of this claim may start. */
    PUBLISHED_BEFORE,
    /** An earlier call was answered without these deliveries: they must not be made. */
    NOT_OWED,
    /** Certainly not published, and the producer knows. */
    WITHDRAWN
  }
}
