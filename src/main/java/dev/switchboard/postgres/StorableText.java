package dev.switchboard.postgres;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Which texts Postgres can store: those without NUL and without half of a surrogate pair. */
public final class StorableText {
  /** What a text must be; follows the name of its field. */
  public static final String RULE = "must hold neither NUL nor half of a surrogate pair";

  private StorableText() {}

  /** Whether {@code text} can be stored. */
  public static boolean isStorable(String text) {
    return text.codePoints().noneMatch(StorableText::isForbidden);
  }

  /** A pair is one code point beyond the range of surrogates, so one within it is a half. */
  private static boolean isForbidden(int codePoint) {
    return codePoint == 0
        || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
  }

  /** Whether every name and text in the JSON value can be stored; its depth must be limited. */
  public static boolean isStorable(@Nullable Object json) {
    if (json instanceof String text) {
      return isStorable(text);
    }
    if (json instanceof JsonArray array) {
      return array.stream().allMatch(StorableText::isStorable);
    }
    return !(json instanceof JsonObject object)
        || object.stream()
            .allMatch(member -> isStorable(member.getKey()) && isStorable(member.getValue()));
  }
}
