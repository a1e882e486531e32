package dev.switchboard.recovery;

import dev.switchboard.redis.Subscription;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One node's subscription, with what is in flight on its connection: commands to the server, and
 * confirmations and messages back, which may get lost, be doubled, or overtake each other.
 */
final class FakeSubscription implements Subscription {
  private final Set<String> wanted = new HashSet<>();
  private final Set<String> unconfirmed = new HashSet<>();
  private final Set<String> carried = new HashSet<>();
  private final Deque<Runnable> commands = new ArrayDeque<>();
  private final List<Push> pushes = new ArrayList<>();
  private State state = State.GONE;

  private enum State {
    GONE,
    CONNECTING,
    LIVE
  }

  /** Who hears it. */
  interface Listener {
    void live();

    void subscribed(String channel);

    void message(String channel, byte[] message);
  }

  /** What the server sent; without bytes it is a confirmation. */
  private record Push(String channel, byte[] message) {
    boolean isConfirmation() {
      return message.length == 0;
    }
  }

  @Override
  public boolean isLive() {
    return state == State.LIVE;
  }

  @Override
  public boolean isConfirmed(String channel) {
    return isLive() && wanted.contains(channel) && !unconfirmed.contains(channel);
  }

  @Override
  public void add(Collection<String> channels) {
    channels.stream().filter(wanted::add).forEach(this::subscribe);
  }

  private void subscribe(String channel) {
    if (state != State.GONE) {
      unconfirmed.add(channel);
      commands.add(
          () -> {
            carried.add(channel);
            pushes.add(new Push(channel, new byte[0]));
          });
    }
  }

  @Override
  public void remove(Collection<String> channels) {
    for (String channel : channels) {
      if (wanted.remove(channel) && state != State.GONE) {
        unconfirmed.remove(channel);
        commands.add(() -> carried.remove(channel));
      }
    }
  }

  /** A new connection. */
  boolean connect(Listener listener) {
    if (state != State.GONE) {
      return false;
    }
    state = State.CONNECTING;
    wanted.forEach(this::subscribe);
    liveIfConfirmed(listener);
    return true;
  }

  /**
   * The connection ends, with all that was in flight.
   *
   * @return whether it was live
   */
  boolean cut() {
    boolean wasLive = isLive();
    state = State.GONE;
    unconfirmed.clear();
    carried.clear();
    commands.clear();
    pushes.clear();
    return wasLive;
  }

  /** Somebody published. */
  void published(String channel, byte[] message) {
    if (carried.contains(channel)) {
      pushes.add(new Push(channel, message));
    }
  }

  int inFlight() {
    return commands.size() + pushes.size();
  }

  /** The server takes the next command. */
  boolean command() {
    if (commands.isEmpty()) {
      return false;
    }
    commands.remove().run();
    return true;
  }

  /** The next thing arrives, or one of those behind it. */
  boolean arrive(int index, Listener listener) {
    if (pushes.isEmpty()) {
      return false;
    }
    Push push = pushes.remove(index % pushes.size());
    if (push.isConfirmation()) {
      confirmed(push.channel(), listener);
    } else {
      listener.message(push.channel(), push.message());
    }
    return true;
  }

  private void confirmed(String channel, Listener listener) {
    boolean awaited = unconfirmed.remove(channel);
    if (state == State.CONNECTING) {
      liveIfConfirmed(listener);
    } else if (awaited && wanted.contains(channel)) {
      listener.subscribed(channel);
    }
  }

  private void liveIfConfirmed(Listener listener) {
    if (unconfirmed.isEmpty()) {
      state = State.LIVE;
      listener.live();
    }
  }

  /** A message never arrives. */
  void drop(int index) {
    if (!pushes.isEmpty() && !pushes.get(index % pushes.size()).isConfirmation()) {
      pushes.remove(index % pushes.size());
    }
  }

  /** A message arrives once more. */
  void repeat(int index) {
    if (!pushes.isEmpty() && !pushes.get(index % pushes.size()).isConfirmation()) {
      pushes.add(pushes.get(index % pushes.size()));
    }
  }
}
