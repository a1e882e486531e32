package dev.switchboard.kept;

import dev.switchboard.event.LogPosition;
import java.time.Instant;

/**
 * A moment from which a snapshot can be read: its pages up to {@code place}, and the log behind
 * {@code top}, together miss nothing.
 *
 * @param place of the top among the places of all epochs
 * @param since what was kept before this moment may be missing or outdated
 * @param time the moment, by the clock of Redis
 * @param keys keys, with those that have expired and were not removed yet
 * @param bytes bytes of their names and events
 */
public record KeptStart(
    LogPosition top, long place, Instant since, Instant time, long keys, long bytes) {}
