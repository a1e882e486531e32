package dev.switchboard.bus;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;

/**
 * A command to disconnect a user that this node may have missed; sessions that signed in later
 * stay.
 *
 * @param atMillis when the command was given, by this machine's clock
 */
public record MissedDisconnect(TenantId tenant, UserId user, long atMillis) {}
