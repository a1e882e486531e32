package dev.switchboard.embedded;

/**
 * One run of a Redis server, from its start to its end.
 *
 * @param runId its {@code run_id}
 * @param replicationId its {@code master_replid}, which the logs name that it served
 */
public record RedisRun(String runId, String replicationId) {}
