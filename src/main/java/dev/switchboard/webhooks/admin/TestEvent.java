package dev.switchboard.webhooks.admin;

import dev.switchboard.event.EventType;
import dev.switchboard.event.Payload;

/** The event that a test call sends. */
public record TestEvent(EventType type, Payload payload) {}
