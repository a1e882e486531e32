package dev.switchboard.bridge;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.time.LoopScheduler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Records each call as a text. */
final class RecordedSink implements LogFollower.Sink, LoopScheduler {
  private final List<String> calls = new ArrayList<>();
  private final List<Long> releasedOffsets = new ArrayList<>();

  /** All calls, in order. */
  List<String> calls() {
    return calls;
  }

  /** Offsets of the released events, in order. */
  List<Long> releasedOffsets() {
    return releasedOffsets;
  }

  @Override
  public void opened(LogId id, int hub, LogPosition position) {
    calls.add("opened " + position + " hub " + hub);
  }

  @Override
  public void released(LogId id, Set<Integer> hubs, LogEvent event) {
    calls.add("released " + event.position() + " hubs " + hubs);
    releasedOffsets.add(event.position().offset());
  }

  @Override
  public void live(LogId id, Set<Integer> hubs, EnvelopeHead head, byte[] envelope) {
    String text = new String(envelope, StandardCharsets.UTF_8);
    String member = text.substring(2, text.indexOf(',')).replace("\":", ":").replace("id\"", "id");
    calls.add("live " + head.id() + " " + member + " hubs " + hubs);
  }

  @Override
  public void broken(LogId id, Set<Integer> hubs, LogPosition position, String reason) {
    calls.add("broken " + position + " " + reason + " hubs " + hubs);
  }

  @Override
  public void next(Runnable action) {
    throw new AssertionError("a follower schedules nothing for the next turn");
  }

  @Override
  public Timer after(long millis, Runnable action) {
    calls.add("retry");
    return () -> {};
  }
}
