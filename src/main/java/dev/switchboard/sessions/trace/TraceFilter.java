package dev.switchboard.sessions.trace;

import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.UserId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events that a trace is to show; a filter that is null admits all.
 *
 * @param patterns of types; without any, all
 * @param user the only user whose events are shown
 * @param chatSession the only chat whose events are shown
 * @param text must be in the event
 */
public record TraceFilter(
    List<EventPattern> patterns,
    @Nullable UserId user,
    @Nullable ChatSessionId chatSession,
    @Nullable TextFilter text) {
  public TraceFilter {
    patterns = List.copyOf(patterns);
  }

  /** Whether the event passes all filters but that of the text. */
  boolean admits(EnvelopeHead head) {
    return (user == null || user.equals(head.user()))
        && (chatSession == null || chatSession.equals(head.chatSession()))
        && (patterns.isEmpty()
            || patterns.stream().anyMatch(pattern -> pattern.matches(head.type())));
  }
}
