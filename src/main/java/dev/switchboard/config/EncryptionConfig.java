package dev.switchboard.config;

import dev.switchboard.config.binding.Setting;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is encrypted at rest, and the keys. */
public record EncryptionConfig(
    @Setting(
            about =
                "AES-256 keys as `id:base64`, comma-separated: the first encrypts, all"
                    + " of them decrypt; empty: secrets are stored unencrypted",
            def = "")
        Secret keys,
    @Setting(
            about =
                "Also encrypt the payloads of events in logs and inboxes; stored"
                    + " payloads stay readable when this changes",
            def = "false")
        boolean payloads) {
  private static final int KEY_BYTES = 32;

  public EncryptionConfig {
    boolean none = parse(keys).isEmpty();
    if (payloads && none) {
      throw new IllegalArgumentException("payloads requires keys to encrypt with");
    }
  }

  /** Returns the keys by id; the first one encrypts. */
  public Map<String, byte[]> parsed() {
    return parse(keys);
  }

  private static Map<String, byte[]> parse(Secret keys) {
    Map<String, byte[]> parsed = new LinkedHashMap<>();
    List<String> entries = Arrays.stream(keys.reveal().split(",")).map(String::trim).toList();
    for (String entry : entries) {
      if (!entry.isEmpty()) {
        int colon = entry.indexOf(':');
        String id = colon < 0 ? "" : entry.substring(0, colon);
        if (!id.matches("[A-Za-z0-9._-]{1,32}")) {
          throw new IllegalArgumentException(
              "keys must be id:base64 pairs; an id is 1 to 32 letters, digits, . _ or -");
        }
        if (parsed.put(id, key(id, entry.substring(colon + 1))) != null) {
          throw new IllegalArgumentException("keys contains the id " + id + " twice");
        }
      }
    }
    return parsed;
  }

  private static byte[] key(String id, String base64) {
    try {
      byte[] key = Base64.getDecoder().decode(base64);
      if (key.length == KEY_BYTES) {
        return key;
      }
    } catch (IllegalArgumentException notBase64) {
      // Reported below, without the key.
    }
    throw new IllegalArgumentException(
        "the key "
            + id
            + " is not 32 bytes in Base64; generate one with `openssl rand -base64 32`");
  }
}
