package dev.switchboard.sessions.registry;

import java.nio.charset.StandardCharsets;

/** Reads from an envelope when its event was accepted, without making an object. */
public final class AcceptanceTime {
  /** Returned for an envelope that does not say it where the server writes it. */
  public static final long UNKNOWN = -1;

  private static final byte[] MEMBER = ",\"timestamp\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final int LENGTH = "0000-00-00T00:00:00.000Z".length();

  /** The longest names that may come before the member, with room. */
  private static final int SEARCHED = 1_024;

  private static final long DAY_MILLIS = 86_400_000;

  private AcceptanceTime() {}

  /** Milliseconds from 1970 to the acceptance, or {@link #UNKNOWN}. */
  public static long millis(byte[] envelope) {
    int last = Math.min(envelope.length, SEARCHED) - MEMBER.length - LENGTH;
    for (int i = 0; i <= last; i++) {
      if (envelope[i] == ',' && isMember(envelope, i)) {
        return parse(envelope, i + MEMBER.length);
      }
    }
    return UNKNOWN;
  }

  private static boolean isMember(byte[] envelope, int start) {
    for (int i = 1; i < MEMBER.length; i++) {
      if (envelope[start + i] != MEMBER[i]) {
        return false;
      }
    }
    return true;
  }

  private static long parse(byte[] text, int at) {
    long days = days(number(text, at, 4), number(text, at + 5, 2), number(text, at + 8, 2));
    long hours = number(text, at + 11, 2);
    long minutes = hours * 60 + number(text, at + 14, 2);
    long seconds = minutes * 60 + number(text, at + 17, 2);
    return days * DAY_MILLIS + seconds * 1_000 + number(text, at + 20, 3);
  }

  /** Days from 1970 in the calendar of today; a year that begins in March has its leap day last. */
  private static long days(int year, int month, int day) {
    int shifted = month > 2 ? year : year - 1;
    int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return 365L * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468;
  }

  private static int number(byte[] text, int at, int digits) {
    int value = 0;
    for (int i = at; i < at + digits; i++) {
      value = value * 10 + text[i] - '0';
    }
    return value;
  }
}
