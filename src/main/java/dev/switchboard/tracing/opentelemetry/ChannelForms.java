package dev.switchboard.tracing.opentelemetry;

import dev.switchboard.event.EventType;

/** Names the channels of events by their form, of which there are few. */
@FunctionalInterface
public interface ChannelForms {
  /**
   * The channel of events of that type, with {@code {tenant}} or {@code {topic}} for what differs.
   *
   * @param topic whether the event has a topic
   */
  String of(EventType type, boolean topic);
}
