package dev.switchboard.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Computes the slot of a cluster to which a key, and so a command, belongs. */
public final class Slots {
  public static final int COUNT = 16_384;

  /** The slot of a command without a key, which any server can carry out. */
  public static final int ANY = -1;

  private static final int POLYNOMIAL = 0x1021;
  private static final int[] CRC16 = table();

  private Slots() {}

  private static int[] table() {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      int crc = i << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ POLYNOMIAL;
      }
      table[i] = crc & 0xFFFF;
    }
    return table;
  }

  /** The part of a key that decides on its slot: the hash tag in braces, or else the whole key. */
  static String tag(String key) {
    int open = key.indexOf('{');
    int close = open < 0 ? -1 : key.indexOf('}', open + 1);
    return close > open + 1 ? key.substring(open + 1, close) : key;
  }

  public static int of(String key) {
    int crc = 0;
    for (byte b : tag(key).getBytes(StandardCharsets.UTF_8)) {
      crc = ((crc << 8) ^ CRC16[((crc >>> 8) ^ b) & 0xFF]) & 0xFFFF;
    }
    return crc % COUNT;
  }

  /**
   * The slot of a command: of a script's first key, or of the first argument, also if a channel.
   */
  public static int of(String command, List<?> arguments) {
    if (command.startsWith("eval")) {
      return ((Number) arguments.get(1)).intValue() == 0 ? ANY : of(arguments.get(2).toString());
    }
    return arguments.isEmpty() ? ANY : of(arguments.get(0).toString());
  }
}
