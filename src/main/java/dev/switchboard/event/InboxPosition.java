package dev.switchboard.event;

import org.jspecify.annotations.Nullable;

/**
 * Where an event is in its user's inbox. Numbers rise in the order of acceptance.
 *
 * @param number the message's own number
 * @param previous number of the message that was last before it; 0 if there was none
 */
public record InboxPosition(long number, long previous) {

  /**
   * The position of a message whose predecessor is not known: whoever has not read up to it must
   * read the inbox first.
   */
  public static InboxPosition afterUnknown(long number) {
    return new InboxPosition(number, number - 1);
  }

  /** Parses the form of {@link #toString}; null if it has another form. */
  static @Nullable InboxPosition parse(String text) {
    int separator = text.indexOf('-');
    try {
      return separator < 0
          ? null
          : new InboxPosition(
              Long.parseLong(text, 0, separator, 10),
              Long.parseLong(text, separator + 1, text.length(), 10));
    } catch (NumberFormatException malformed) {
      return null;
    }
  }

  /** Formats as the envelope's member {@code inbox}. */
  @Override
  public String toString() {
    return number + "-" + previous;
  }
}
