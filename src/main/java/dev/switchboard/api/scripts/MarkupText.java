package dev.switchboard.api.scripts;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Leaves out of the templates of elements the white space that makes no difference: lines between
 * elements, and more than one space where one will do. Takes the parts of templates in their order,
 * those of a template inside another one's value included.
 */
final class MarkupText {
  /** Of each template that is open: where its last part ended. */
  private final Deque<State> open = new ArrayDeque<>();

  private enum State {
    TEXT,
    TAG,
    QUOTED
  }

  /** Returns the part, which begins and ends with the delimiters of the template and its values. */
  String compact(String part) {
    State state = part.startsWith("`") ? State.TEXT : open.pop();
    int end = part.length() - (part.endsWith("`") ? 1 : 2);
    Part written = new Part(state);
    for (int at = 1; at < end; at++) {
      written.add(part.charAt(at));
    }
    if (!part.endsWith("`")) {
      open.push(written.state);
    }
    return part.charAt(0) + written.end() + part.substring(end);
  }

  /** The text of one part as it is written. */
  private static final class Part {
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder space = new StringBuilder();
    private State state;

    Part(State state) {
      this.state = state;
    }

    void add(char letter) {
      if (state == State.QUOTED) {
        text.append(letter);
        state = letter == '"' ? State.TAG : State.QUOTED;
      } else if (Character.isWhitespace(letter)) {
        space.append(letter);
      } else {
        writeSpaceBefore(letter);
        text.append(letter);
        state = next(letter);
      }
    }

    private State next(char letter) {
      return switch (letter) {
        case '<' -> State.TAG;
        case '>' -> State.TEXT;
        case '"' -> state == State.TAG ? State.QUOTED : state;
        default -> state;
      };
    }

    private void writeSpaceBefore(char letter) {
      boolean matters =
          state == State.TAG
              ? letter != '>' && letter != '/'
              : !isOfLines() || (!isAtEdge() && letter != '<');
      if (!space.isEmpty() && matters) {
        text.append(isOfLines() ? " " : space);
      }
      space.setLength(0);
    }

    /** What stands between an element or a value and a line's end is no text. */
    private boolean isAtEdge() {
      return text.isEmpty() || text.charAt(text.length() - 1) == '>';
    }

    private boolean isOfLines() {
      return space.indexOf("\n") >= 0;
    }

    String end() {
      if (!space.isEmpty() && (state == State.TAG || !isOfLines())) {
        text.append(isOfLines() ? " " : space);
      }
      return text.toString();
    }
  }
}
