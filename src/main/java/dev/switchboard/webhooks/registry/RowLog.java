package dev.switchboard.webhooks.registry;

import dev.switchboard.event.Reason;
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
  private final Set<Long> seen = new HashSet<>();

  /** A row was read. */
  void read(Webhook webhook) {
    RowFaults.State state = webhook.faults().state();
    if (state instanceof RowFaults.Sealed sealed) {
      faulty(
          webhook.id(),
          sealed.reason(),
          "This node can't decrypt a secret of the webhook; its deliveries are left to other"
              + " nodes");
    } else if (state instanceof RowFaults.Malformed malformed) {
      faulty(
          webhook.id(),
          malformed.reason(),
          "The webhook's row is malformed; its deliveries fail until the row is corrected");
    }
  }

  /** A row could not be read at all. */
  void unreadable(long id, RuntimeException fault) {
    faulty(id, Reason.of(fault), "The webhook's row belongs to no valid tenant; it gets no events");
  }

  private void faulty(long id, String reason, String message) {
    boolean unused = seen.add(id);
    if (!reason.equals(reported.put(id, reason))) {
      log.atWarn().addKeyValue("webhookId", id).addKeyValue("reason", reason).log(message);
    }
  }

  /** Every row was read. */
  void allRead() {
    for (long id : Set.copyOf(reported.keySet())) {
      if (!seen.contains(id)) {
        String unused = reported.remove(id);
        log.atInfo().addKeyValue("webhookId", id).log("The webhook's row can be used again");
      }
    }
    seen.clear();
  }
}
