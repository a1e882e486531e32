package dev.switchboard.event;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the members of an envelope, or of one's body, in the compact form that the server
 * writes: no white space, and names of lower-case letters, digits and underscores. Values may be
 * any JSON; brackets are counted, not checked.
 */
final class HeadMembers {
  private final byte[] bytes;
  private int at;
  private int start;
  private int nameStart;
  private int nameEnd;

  /** Begins before the first member. */
  HeadMembers(byte[] bytes) {
    this.bytes = bytes;
    this.at = isAt('{') ? 1 : 0;
  }

  /** Moves to the next member, before its value; false if none of the expected form follows. */
  boolean next() {
    start = at;
    if (nameEnd > 0 && !skip(',')) {
      return false;
    }
    if (!skip('"')) {
      return false;
    }
    nameStart = at;
    while (at < bytes.length && isNameCharacter(bytes[at])) {
      at++;
    }
    nameEnd = at;
    return nameEnd > nameStart && skip('"') && skip(':');
  }

  /** Whether the present member has that name. */
  boolean isNamed(String name) {
    if (nameEnd - nameStart != name.length()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (bytes[nameStart + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Index at which the present member begins, with the comma before it. */
  int start() {
    return start;
  }

  /** Index of the present value's first byte, before it is read. */
  int valueStart() {
    return at;
  }

  /** Reads a value that is a string, up to the next quote; null if it is not one. */
  @Nullable String text() {
    if (!skip('"')) {
      return null;
    }
    int from = at;
    while (at < bytes.length && bytes[at] != '"') {
      at++;
    }
    return at < bytes.length
        ? new String(bytes, from, at++ - from, StandardCharsets.ISO_8859_1)
        : null;
  }

  /** Passes over a literal value; false if it is another one. */
  boolean literal(String wanted) {
    for (int i = 0; i < wanted.length(); i++) {
      if (!skip(wanted.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Passes over a value of any kind; false if the bytes end before. */
  boolean skipValue() {
    int depth = 0;
    int from = at;
    while (at < bytes.length) {
      byte b = bytes[at];
      if (b == '"') {
        if (!skipString()) {
          return false;
        }
      } else if (depth == 0 && (b == ',' || b == '}' || b == ']')) {
        break;
      } else {
        depth += b == '{' || b == '[' ? 1 : b == '}' || b == ']' ? -1 : 0;
        at++;
      }
    }
    return depth == 0 && at > from && at < bytes.length;
  }

  private boolean skipString() {
    for (at++; at < bytes.length; at++) {
      if (bytes[at] == '\\') {
        at++;
      } else if (bytes[at] == '"') {
        at++;
        return true;
      }
    }
    return false;
  }

  private boolean skip(char c) {
    boolean there = isAt(c);
    if (there) {
      at++;
    }
    return there;
  }

  private boolean isAt(char c) {
    return at < bytes.length && bytes[at] == c;
  }

  private static boolean isNameCharacter(byte b) {
    return (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '_';
  }
}
