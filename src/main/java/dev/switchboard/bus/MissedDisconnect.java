package dev.switchboard.bus;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;

/**
 * A user was to be disconnected while this node may not have heard it; who signed in later stays.
 *
 * @param atMillis when it was ordered, by this machine's clock
 */
public record MissedDisconnect(TenantId tenant, UserId user, long atMillis) {}
