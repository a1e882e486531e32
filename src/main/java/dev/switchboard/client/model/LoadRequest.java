package dev.switchboard.client.model;

import java.util.function.BooleanSupplier;

/**
 * A call of the load function, which loads what the application shows.
 *
 * @param position live events continue from here; what is loaded after this call began contains
 *     everything before it
 * @param cancelled whether another call has replaced this one; its result does not count then
 */
public record LoadRequest(Reason reason, String position, BooleanSupplier cancelled) {

  /** Why data must be loaded. */
  public enum Reason {
    /** The first time. */
    START,
    /** The server could not prove that nothing was missed. */
    UNRECOVERED,
    /** The server lost events for this session. */
    RESYNC,
    /** Another person or another role is signed in now. */
    IDENTITY
  }
}
