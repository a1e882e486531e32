package dev.switchboard.bus;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;

/** A user's session is live on this node. */
public record SessionOpened(String session, TenantId tenant, UserId user) {}
