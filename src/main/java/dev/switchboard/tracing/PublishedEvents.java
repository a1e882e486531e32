package dev.switchboard.tracing;

import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import org.jspecify.annotations.Nullable;

/**
 * The events of one call, as their span describes them before they are accepted.
 *
 * @param count how many events
 * @param tenant of all of them; null if they differ
 * @param type of all of them; null if they differ
 * @param topic of the first one
 */
public record PublishedEvents(
    int count, @Nullable TenantId tenant, @Nullable EventType type, @Nullable Topic topic) {}
