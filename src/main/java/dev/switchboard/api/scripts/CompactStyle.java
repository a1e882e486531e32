package dev.switchboard.api.scripts;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes a style sheet without comments and without the white space that it does not need. */
public final class CompactStyle {
  private static final Pattern PIECE =
      Pattern.compile(
          "(?<text>\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*')|(?:\\s|/\\*.*?\\*/)+|(?<sign>[{};,])",
          Pattern.DOTALL);

  private CompactStyle() {}

  /** Returns the same style sheet, shorter. */
  public static String of(String style) {
    StringBuilder text = new StringBuilder();
    Matcher pieces = PIECE.matcher(style);
    int from = 0;
    while (pieces.find()) {
      text.append(style, from, pieces.start());
      from = pieces.end();
      if (pieces.group("text") != null) {
        text.append(pieces.group());
      } else if (pieces.group("sign") == null) {
        appendSpace(text);
      } else {
        appendSign(text, pieces.group());
      }
    }
    return text.append(style.substring(from)).toString().strip();
  }

  /** A space after a sign means nothing; one after the colon of a declaration neither. */
  private static void appendSpace(StringBuilder text) {
    if (!text.isEmpty() && "{};,: ".indexOf(text.charAt(text.length() - 1)) < 0) {
      text.append(' ');
    }
  }

  private static void appendSign(StringBuilder text, String sign) {
    int last = text.length() - 1;
    if (last >= 0 && text.charAt(last) == ' ') {
      text.deleteCharAt(last);
    }
    if (sign.equals("}") && !text.isEmpty() && text.charAt(text.length() - 1) == ';') {
      text.deleteCharAt(text.length() - 1);
    }
    text.append(sign);
  }
}
