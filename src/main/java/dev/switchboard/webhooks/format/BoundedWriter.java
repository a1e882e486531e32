package dev.switchboard.webhooks.format;

import java.io.Writer;

/** Collects characters and refuses more than a limit. */
final class BoundedWriter extends Writer {
  private final StringBuilder text = new StringBuilder();
  private final int max;

  BoundedWriter(int max) {
    this.max = max;
  }

  @Override
  public void write(char[] characters, int offset, int length) {
    if (text.length() + length > max) {
      throw new InvalidTemplateException("makes a body of more than " + max + " characters");
    }
    text.append(characters, offset, length);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  @Override
  public String toString() {
    return text.toString();
  }
}
