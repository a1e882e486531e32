package dev.switchboard.client.model;

import org.jspecify.annotations.Nullable;

/**
 * An event that the server accepted.
 *
 * @param id its position in its log; null for a live-only event
 * @param eventId the id under which all receivers see the event
 */
public record Published(@Nullable String id, String eventId) {}
