package dev.switchboard.rolling;

/**
 * What a client got of one log whose events are numbered from 1: each is to come once, in order.
 * Belongs to one event loop.
 */
final class Sequence {
  private int last;
  private int missed;
  private int repeated;

  /** Notes that the event with that number came. */
  void received(int number) {
    if (number <= last) {
      repeated++;
    } else {
      missed += number - last - 1;
      last = number;
    }
  }

  /** Number of the last event that came. */
  int last() {
    return last;
  }

  /** Number of events that were left out. */
  int missed() {
    return missed;
  }

  /** Number of events that came again, or after a later one. */
  int repeated() {
    return repeated;
  }
}
