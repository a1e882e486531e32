package dev.switchboard.bus;

import dev.switchboard.event.LogId;

/** A hub no longer needs a log's events. */
public record UnfollowLog(int hub, LogId log) {}
