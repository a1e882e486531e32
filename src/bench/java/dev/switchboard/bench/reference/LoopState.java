package dev.switchboard.bench.reference;

/** What one event loop owns alone: its sockets and its connection for publishing. */
record LoopState(LoopSockets sockets, RedisPublisher publisher) {}
