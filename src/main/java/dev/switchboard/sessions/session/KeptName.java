package dev.switchboard.sessions.session;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.KeptKey;
import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A collection of kept events that a session follows, on the wire {@code queues} or {@code
 * callcenter:custom:alerts/queues}.
 *
 * @param topic null for the events without a topic
 */
public record KeptName(@Nullable Topic topic, String collection) {
  public KeptName {
    collection = KeptKey.requireCollection(collection);
  }

  /**
   * Reads the wire form.
   *
   * @throws dev.switchboard.event.InvalidNameException if the text is malformed
   */
  static KeptName parse(String text, String topicPrefix) {
    int slash = text.lastIndexOf('/');
    return slash < 0
        ? new KeptName(null, text)
        : new KeptName(
            Topic.under(topicPrefix, text.substring(0, slash)), text.substring(slash + 1));
  }

  public LogId log(TenantId tenant) {
    return new LogId(tenant, topic);
  }

  /** Whether it is a collection of that topic, or of the events without one. */
  public boolean isOf(@Nullable Topic other) {
    return Objects.equals(topic, other);
  }

  /** Whether a kept event belongs to the collection. */
  boolean contains(EnvelopeHead head) {
    return head.keep() != null
        && isOf(head.topic())
        && head.keep().key().collection().equals(collection);
  }

  @Override
  public String toString() {
    return topic == null ? collection : topic + "/" + collection;
  }
}
