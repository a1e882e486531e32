package dev.switchboard.sealing;

import dev.switchboard.config.EncryptionConfig;
import dev.switchboard.event.Envelope;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encrypts the payload of an envelope before it is stored in Redis, and decrypts it afterwards. The
 * head stays readable; {@code "payload"} is replaced by {@code "sealed":"v1:<key id>:<Base64 of
 * salt, counter, AES-256-GCM ciphertext and tag>"}, which no producer can forge. The payload is
 * bound to its head: with another event's head it can't be decrypted.
 *
 * <p>Every process seals under a key of its own, derived with a random salt, and counts its nonces,
 * so that none is used twice however much is sealed. Plain and sealed envelopes may be mixed; each
 * is recognized when it is read. Usable from every thread.
 */
public final class PayloadSeal {
  private static final Logger log = LoggerFactory.getLogger(PayloadSeal.class);
  private static final String PURPOSE = "switchboard payload";
  private static final byte[] MEMBER = ascii(",\"sealed\":\"");
  private static final String VERSION = "v1:";
  private static final int SALT_BYTES = 16;
  private static final int COUNTER_BYTES = Long.BYTES;
  private static final int MAX_DERIVED_KEYS = 1_000;

  private final KeyRing ring;
  private final @Nullable Sealer sealer;
  private final Map<String, SecretKey> derived = new ConcurrentHashMap<>();
  private final Counter unreadable;

  /** Decrypts with all configured keys, whether or not new payloads are encrypted. */
  public PayloadSeal(EncryptionConfig config, MeterRegistry metrics) {
    this.ring = new KeyRing(config);
    this.sealer = config.payloads() ? Sealer.with(ring) : null;
    this.unreadable =
        Counter.builder("switchboard.payloads.unreadable")
            .description("Stored payloads that can't be decrypted with the configured keys")
            .register(metrics);
  }

  /** The key, salt and nonce counter of this process. */
  private record Sealer(String keyId, byte[] salt, SecretKey key, AtomicLong counter) {
    static @Nullable Sealer with(KeyRing ring) {
      String current = ring.current();
      byte[] salt = new byte[SALT_BYTES];
      new SecureRandom().nextBytes(salt);
      SecretKey key = current == null ? null : ring.derived(current, PURPOSE, salt);
      return current == null || key == null
          ? null
          : new Sealer(current, salt, key, new AtomicLong());
    }
  }

  /**
   * Encrypts the payload of a whole envelope or of the body of one; returns the same array if
   * encryption is off.
   */
  public byte[] seal(byte[] envelope) {
    if (sealer == null) {
      return envelope;
    }
    int headEnd = Envelope.payloadMember(envelope);
    byte[] head = Arrays.copyOf(envelope, headEnd);
    byte[] counter =
        ByteBuffer.allocate(COUNTER_BYTES).putLong(sealer.counter().getAndIncrement()).array();
    byte[] text =
        KeyRing.encrypt(sealer.key(), nonce(counter), context(head), Envelope.payloadOf(envelope));
    byte[] sealed =
        ByteBuffer.allocate(SALT_BYTES + COUNTER_BYTES + text.length)
            .put(sealer.salt())
            .put(counter)
            .put(text)
            .array();
    byte[] base64 = Base64.getEncoder().encode(sealed);
    byte[] keyId = ascii(VERSION + sealer.keyId() + ":");
    return ByteBuffer.allocate(headEnd + MEMBER.length + keyId.length + base64.length + 2)
        .put(head)
        .put(MEMBER)
        .put(keyId)
        .put(base64)
        .put(ascii("\"}"))
        .array();
  }

  /**
   * Decrypts a stored envelope; returns the same array if it is not encrypted. Returns null, after
   * counting and logging it, if it can't be decrypted.
   */
  public byte @Nullable [] open(byte[] stored) {
    int headEnd = Envelope.headEnd(stored);
    if (headEnd < 0 || !startsWith(stored, headEnd, MEMBER)) {
      return stored;
    }
    byte[] head = Arrays.copyOf(stored, headEnd);
    String value =
        new String(
            stored,
            headEnd + MEMBER.length,
            Math.max(0, stored.length - headEnd - MEMBER.length - 2),
            StandardCharsets.ISO_8859_1);
    try {
      return Envelope.withPayload(head, decrypt(head, value));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      unreadable.increment();
      log.atWarn()
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("Can't decrypt a stored payload; was a key removed too early?");
      return null;
    }
  }

  private byte[] decrypt(byte[] head, String value) throws GeneralSecurityException {
    int colon = value.indexOf(':', VERSION.length());
    if (colon < 0 || !value.startsWith(VERSION)) {
      throw new IllegalArgumentException("the value does not have the form " + VERSION);
    }
    byte[] sealed = Base64.getDecoder().decode(value.substring(colon + 1));
    if (sealed.length < SALT_BYTES + COUNTER_BYTES) {
      throw new IllegalArgumentException("the value is truncated");
    }
    byte[] salt = Arrays.copyOf(sealed, SALT_BYTES);
    byte[] counter = Arrays.copyOfRange(sealed, SALT_BYTES, SALT_BYTES + COUNTER_BYTES);
    byte[] text = Arrays.copyOfRange(sealed, SALT_BYTES + COUNTER_BYTES, sealed.length);
    return KeyRing.decrypt(
        key(value.substring(VERSION.length(), colon), salt), nonce(counter), context(head), text);
  }

  private SecretKey key(String id, byte[] salt) throws GeneralSecurityException {
    String name = id + ":" + Base64.getEncoder().encodeToString(salt);
    SecretKey known = derived.get(name);
    if (known != null) {
      return known;
    }
    SecretKey key = ring.derived(id, PURPOSE, salt);
    if (key == null) {
      throw new GeneralSecurityException("no encryption key with the id " + id + " is configured");
    }
    if (derived.size() >= MAX_DERIVED_KEYS) {
      derived.clear();
    }
    derived.put(name, key);
    return key;
  }

  /** Binds a whole envelope and its body the same way: Redis puts the position in front. */
  private static byte[] context(byte[] head) {
    return Envelope.withoutId(head);
  }

  private static byte[] nonce(byte[] counter) {
    return ByteBuffer.allocate(KeyRing.NONCE_BYTES)
        .put(new byte[KeyRing.NONCE_BYTES - COUNTER_BYTES])
        .put(counter)
        .array();
  }

  private static boolean startsWith(byte[] bytes, int from, byte[] wanted) {
    int to = from + wanted.length;
    return to <= bytes.length && Arrays.equals(bytes, from, to, wanted, 0, wanted.length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
