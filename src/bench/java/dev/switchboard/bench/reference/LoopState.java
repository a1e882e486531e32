package dev.switchboard.bench.reference;

/** What one event loop owns alone: its sockets and its connection for publishing. */
record LoopState(Rooms rooms, RedisPublisher publisher) {}
