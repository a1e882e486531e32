package dev.switchboard.bus;

import dev.switchboard.event.TenantId;

/** A hub asks the bridge for the attempts that all nodes make at a tenant's webhooks. */
public record FollowAttempts(int hub, TenantId tenant) {}
