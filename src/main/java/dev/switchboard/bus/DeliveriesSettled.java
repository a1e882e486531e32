package dev.switchboard.bus;

/** Reports whether an event with held deliveries was published. */
public record DeliveriesSettled(HeldDeliveries held, Fate fate) {

  /** The outcome of the event and its deliveries. */
  public enum Fate {
    /** Published now: all deliveries may start, also those that an earlier call still holds. */
    PUBLISHED,
    /** Published by an earlier call: only the deliveries of this claim may start. */
    PUBLISHED_BEFORE,
    /** An earlier call was answered without these deliveries: they are deleted. */
    DISCARDED,
    /** Certainly not published, and the producer's answer says so. */
    WITHDRAWN
  }
}
