package dev.switchboard.webhooks.report;

import dev.switchboard.event.TenantId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** What this node tells the others about webhooks. At most once: what can't be told now is lost. */
public interface Peers {
  /** An attempt that somebody follows; webhook 0 is for whoever follows any. */
  void attempted(TenantId tenant, long webhook, JsonObject message);

  /** What a webhook is owed was cancelled; delivery 0 stands for all of it. */
  void cancelled(TenantId tenant, long webhook, long delivery);

  /** Tells nothing more. */
  Future<Void> close();
}
