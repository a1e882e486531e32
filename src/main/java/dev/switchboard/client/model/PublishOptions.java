package dev.switchboard.client.model;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** How an event is published. Immutable; each method returns a copy. */
public final class PublishOptions {
  /** The server remembers event ids for 24 hours only: an older message is not repeated. */
  private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

  /** Publishes to no particular user, under a random id, in order. */
  public static final PublishOptions DEFAULT =
      new PublishOptions(Map.of(), MAX_TIMEOUT, false, false);

  private final Map<String, String> members;
  private final Duration timeout;
  private final boolean unordered;
  private final boolean notRepeated;

  private PublishOptions(
      Map<String, String> members, Duration timeout, boolean unordered, boolean notRepeated) {
    this.members = members;
    this.timeout = timeout;
    this.unordered = unordered;
    this.notRepeated = notRepeated;
  }

  /** For this user only. */
  public PublishOptions userId(String user) {
    return with("user_id", user);
  }

  public PublishOptions topic(String topic) {
    return with("topic", topic);
  }

  /** In this chat. */
  public PublishOptions sessionId(String session) {
    return with("session_id", session);
  }

  /** Under this id: a repeat with the same id within 24 hours publishes nothing. */
  public PublishOptions eventId(String id) {
    return with("event_id", id);
  }

  /**
   * Gives up after this time, waiting for a connection included; at most an hour, which is the
   * default.
   */
  public PublishOptions timeout(Duration time) {
    Duration limited = time.compareTo(MAX_TIMEOUT) < 0 ? time : MAX_TIMEOUT;
    return new PublishOptions(members, limited, unordered, notRepeated);
  }

  /** Does not wait for the answers to earlier messages, and so may overtake them. */
  public PublishOptions unordered() {
    return new PublishOptions(members, timeout, true, notRepeated);
  }

  /** Sent only if connected, not repeated, not answered; so are {@code chat.typing} events. */
  public PublishOptions notRepeated() {
    return new PublishOptions(members, timeout, unordered, true);
  }

  private PublishOptions with(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(members);
    changed.put(name, value);
    return new PublishOptions(changed, timeout, unordered, notRepeated);
  }

  public Map<String, String> members() {
    return members;
  }

  public long timeoutMillis() {
    return timeout.toMillis();
  }

  public boolean isUnordered() {
    return unordered;
  }

  public boolean isNotRepeated() {
    return notRepeated;
  }
}
