package dev.switchboard.webhooks.registry;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs which rows of {@code webhooks} this node can't use: each when that begins or its reason
 * changes, and when it ends. Belongs to one event loop.
 */
final class RowLog {
  private static final Logger log = LoggerFactory.getLogger(RowLog.class);

  private final Map<Long, String> reported = new HashMap<>();

  /** Every row, after some of them were read. */
  void update(Collection<WebhookSet.Entry> entries) {
    Set<Long> faulty = new HashSet<>();
    for (WebhookSet.Entry entry : entries) {
      if (isFaulty(entry)) {
        boolean unused = faulty.add(entry.id());
      }
    }
    for (long id : Set.copyOf(reported.keySet())) {
      if (!faulty.contains(id)) {
        String unused = reported.remove(id);
        log.atInfo().addKeyValue("webhookId", id).log("The webhook's row can be used again");
      }
    }
  }

  private boolean isFaulty(WebhookSet.Entry entry) {
    Webhook webhook = entry.webhook();
    if (webhook == null) {
      return faulty(
          entry.id(),
          String.valueOf(entry.unreadable()),
          "The webhook's row belongs to no valid tenant; it gets no events");
    }
    RowFaults.State state = webhook.faults().state();
    if (state instanceof RowFaults.Sealed sealed) {
      return faulty(
          webhook.id(),
          sealed.reason(),
          "This node can't decrypt a secret of the webhook; its deliveries are left to other"
              + " nodes");
    }
    return state instanceof RowFaults.Malformed malformed
        && faulty(
            webhook.id(),
            malformed.reason(),
            "The webhook's row is malformed; its deliveries fail until the row is corrected");
  }

  private boolean faulty(long id, String reason, String message) {
    if (!reason.equals(reported.put(id, reason))) {
      log.atWarn().addKeyValue("webhookId", id).addKeyValue("reason", reason).log(message);
    }
    return true;
  }
}
