package dev.switchboard.webhooks.admin;

/**
 * The result of queueing lost events again.
 *
 * @param queued deliveries that are queued now
 * @param more whether there are more than one request queues
 */
public record Recovery(int queued, boolean more) {}
