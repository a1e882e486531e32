package dev.switchboard.config.binding;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The hint that follows an unknown key: the known key it resembles, or all of them. */
final class KeySuggestion {
  private KeySuggestion() {}

  static String of(String key, List<String> known) {
    String nearest = nearest(key, known);
    return nearest.isEmpty()
        ? "; known here: " + String.join(", ", known)
        : " (did you mean " + nearest + "?)";
  }

  /** Returns the known key that resembles {@code key} most; empty if none does. */
  static String nearest(String key, List<String> known) {
    String nearest = "";
    int smallest = Math.max(2, key.length() / 3) + 1;
    for (String candidate : known) {
      int distance = editDistance(key.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance < smallest) {
        smallest = distance;
        nearest = candidate;
      }
    }
    return nearest;
  }

  /** Levenshtein distance: insertions, deletions and substitutions each count one. */
  private static int editDistance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    Arrays.setAll(previous, i -> i);
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
