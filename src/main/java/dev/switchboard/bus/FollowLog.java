package dev.switchboard.bus;

import dev.switchboard.event.LogId;

/** A hub asks the bridge for a log's events, beginning with a {@link HubBatch.LogOpened}. */
public record FollowLog(int hub, LogId log) {}
