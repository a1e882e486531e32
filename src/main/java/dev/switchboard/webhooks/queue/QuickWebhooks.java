package dev.switchboard.webhooks.queue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The webhooks whose receivers answer so quickly that a claimed delivery is called at once. Their
 * claims count as called from the beginning; those of the others from when their call begins, which
 * costs one more statement. Usable from every thread.
 */
public final class QuickWebhooks {
  /** Each claim names all of them. */
  private static final int MAX_KNOWN = 1_000;

  private static final double QUICK_MILLIS = 20;

  private final Set<Long> known = ConcurrentHashMap.newKeySet();

  /** Records the average duration of the last calls of a webhook. */
  public void measured(long webhook, double millis) {
    if (millis > QUICK_MILLIS) {
      forget(webhook);
    } else if (known.size() < MAX_KNOWN) {
      boolean unused = known.add(webhook);
    }
  }

  /** The webhook was not called for a while. */
  public void forget(long webhook) {
    boolean unused = known.remove(webhook);
  }

  boolean contains(long webhook) {
    return known.contains(webhook);
  }

  Long[] all() {
    return known.toArray(Long[]::new);
  }
}
