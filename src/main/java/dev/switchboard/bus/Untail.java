package dev.switchboard.bus;

import dev.switchboard.event.TenantId;

/** A hub no longer needs a tenant's attempts. */
public record Untail(int hub, TenantId tenant) {}
