package dev.switchboard.bus;

import dev.switchboard.event.TenantId;

/** A hub asks the bridge for the attempts of a tenant's webhooks, on every node. */
public record FollowAttempts(int hub, TenantId tenant) {}
