package dev.switchboard.bus;

import dev.switchboard.event.TenantId;

/** A hub no longer needs a tenant's attempts. */
public record UnfollowAttempts(int hub, TenantId tenant) {}
