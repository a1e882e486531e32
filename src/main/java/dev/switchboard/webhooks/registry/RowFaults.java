package dev.switchboard.webhooks.registry;

import dev.switchboard.event.EventType;
import java.util.List;
import java.util.Locale;

/**
 * What can't be used of a webhook's row, which plain SQL may have written.
 *
 * @param state whether its calls can be made
 * @param patterns entries of {@code events} that are not patterns
 * @param filterUnreadable whether it is unknown which payloads its filter selects
 */
public record RowFaults(State state, List<String> patterns, boolean filterUnreadable) {
  /** Of a row without faults. */
  public static final RowFaults NONE = new RowFaults(new Usable(), List.of(), false);

  public RowFaults {
    patterns = List.copyOf(patterns);
  }

  /** Whether calls can be made with the current row. */
  public sealed interface State {}

  /** Every value that a call needs can be read. */
  public record Usable() implements State {}

  /**
   * This node can't decrypt a secret; a node that has the key makes the calls.
   *
   * @param reason without the secret
   */
  public record Sealed(String reason) implements State {}

  /**
   * No node can make the calls before the row is corrected.
   *
   * @param reason names the columns
   */
  public record Malformed(String reason) implements State {}

  /**
   * Whether a malformed pattern may have been meant for {@code type}: {@code CALL.E} for {@code
   * call.e}, {@code call*} for every type that begins with {@code call}.
   */
  boolean maySelect(EventType type) {
    return patterns.stream().anyMatch(pattern -> maySelect(pattern, type.value()));
  }

  private static boolean maySelect(String pattern, String type) {
    String text = pattern.strip().toLowerCase(Locale.ROOT);
    int star = text.indexOf('*');
    return star < 0 ? text.equals(type) : type.startsWith(text.substring(0, star));
  }
}
