package dev.switchboard.client.model;

import org.jspecify.annotations.Nullable;

/**
 * The session that the server opened.
 *
 * @param userId null for a visitor
 * @param role null if the server does not say
 * @param recovered whether nothing was missed since the client's position; null if it gave none
 */
public record SessionInfo(
    String tenantId,
    @Nullable String userId,
    @Nullable String role,
    @Nullable Boolean recovered,
    String position) {}
