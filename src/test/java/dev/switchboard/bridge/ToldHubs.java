package dev.switchboard.bridge;

import dev.switchboard.bridge.LogOrder.Message;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.time.LoopScheduler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What the hubs are told, in words. */
final class ToldHubs implements LogFollower.Sink, LoopScheduler {
  private final List<String> words = new ArrayList<>();
  private final List<Long> offsets = new ArrayList<>();

  /** All of it, in turn. */
  List<String> words() {
    return words;
  }

  /** Offsets of the events that went out with their places. */
  List<Long> released() {
    return offsets;
  }

  @Override
  public void opened(LogId id, int hub, LogPosition place) {
    words.add("opened " + place + " hub " + hub);
  }

  @Override
  public void released(LogId id, Set<Integer> hubs, Message message) {
    words.add("released " + message.place() + " hubs " + hubs);
    offsets.add(message.place().offset());
  }

  @Override
  public void live(LogId id, Set<Integer> hubs, EnvelopeHead head, byte[] envelope) {
    String text = new String(envelope, StandardCharsets.UTF_8);
    String member = text.substring(2, text.indexOf(',')).replace("\":", ":").replace("id\"", "id");
    words.add("live " + head.id() + " " + member + " hubs " + hubs);
  }

  @Override
  public void broken(LogId id, Set<Integer> hubs, LogPosition place, String reason) {
    words.add("broken " + place + " " + reason + " hubs " + hubs);
  }

  @Override
  public void next(Runnable action) {
    throw new AssertionError("a follower needs no turn of its own");
  }

  @Override
  public Timer after(long millis, Runnable action) {
    words.add("retry");
    return () -> {};
  }
}
