package dev.switchboard.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Which of a cluster's slots a key, and so a command, belongs to. */
public final class Slots {
  public static final int COUNT = 16_384;

  /** Of a command without a key: any server will do. */
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

  /** What decides on the slot: a tag in braces, if there is one, stands for the whole key. */
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

  /** By a script's first key, or a command's first argument; a channel counts as a key. */
  public static int of(String command, List<?> arguments) {
    if (command.startsWith("eval")) {
      return ((Number) arguments.get(1)).intValue() == 0 ? ANY : of(arguments.get(2).toString());
    }
    return arguments.isEmpty() ? ANY : of(arguments.get(0).toString());
  }
}
