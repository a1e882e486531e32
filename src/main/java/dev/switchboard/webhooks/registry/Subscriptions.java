package dev.switchboard.webhooks.registry;

import dev.switchboard.event.EventPattern;
import dev.switchboard.event.EventType;
import dev.switchboard.webhooks.registry.Webhook.Match;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the webhooks of one tenant that subscribe to a type, by a look-up for each part of its
 * name: every event of the tenant runs through it, and a tenant may have a hundred thousand
 * patterns. Immutable.
 */
final class Subscriptions {
  /** By id. */
  private final List<Webhook> webhooks;

  /** The places in {@link #webhooks} of the active ones with a pattern. */
  private final Map<String, BitSet> byPattern = new HashMap<>();

  /** The active ones with entries that are not patterns, which only plain SQL can write. */
  private final List<Webhook> unclear = new ArrayList<>();

  private Subscriptions(List<Webhook> webhooks) {
    this.webhooks = webhooks;
    for (int place = 0; place < webhooks.size(); place++) {
      Webhook webhook = webhooks.get(place);
      if (webhook.active()) {
        add(place, webhook);
      }
    }
  }

  private void add(int place, Webhook webhook) {
    for (EventPattern pattern : webhook.events()) {
      byPattern.computeIfAbsent(pattern.value(), unknown -> new BitSet()).set(place);
    }
    if (!webhook.faults().patterns().isEmpty()) {
      unclear.add(webhook);
    }
  }

  /**
   * The subscriptions of {@code webhooks}, in any order.
   *
   * @param before those of the same tenant before a change, which may have been another tenant's
   */
  static Subscriptions of(List<Webhook> webhooks, @Nullable Subscriptions before) {
    List<Webhook> sorted = webhooks.stream().sorted(Comparator.comparingLong(Webhook::id)).toList();
    return before != null && before.isOf(sorted) ? before : new Subscriptions(sorted);
  }

  /** A row that did not change is still the same object. */
  @SuppressWarnings("ReferenceEquality")
  private boolean isOf(List<Webhook> others) {
    boolean same = others.size() == webhooks.size();
    for (int i = 0; same && i < others.size(); i++) {
      same = others.get(i) == webhooks.get(i);
    }
    return same;
  }

  /** The active webhooks that subscribe to {@code type}, or may do so. */
  List<Candidate> candidates(EventType type) {
    BitSet places = new BitSet(webhooks.size());
    String name = type.value();
    add(places, name);
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      add(places, name.substring(0, dot + 1) + "*");
    }
    if (!Webhook.isOnlyByName(type)) {
      add(places, EventPattern.ALL.value());
    }
    List<Candidate> candidates = new ArrayList<>(places.cardinality());
    places.stream().forEach(place -> candidates.add(new Candidate(webhooks.get(place), Match.YES)));
    for (Webhook webhook : unclear) {
      if (webhook.matches(type) == Match.UNKNOWN) {
        candidates.add(new Candidate(webhook, Match.UNKNOWN));
      }
    }
    return candidates;
  }

  private void add(BitSet places, String pattern) {
    BitSet found = byPattern.get(pattern);
    if (found != null) {
      places.or(found);
    }
  }
}
