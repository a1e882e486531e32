package dev.switchboard.webhooks.report;

import dev.switchboard.event.Reason;
import dev.switchboard.webhooks.report.BreakerStore.NodeBreaker;
import dev.switchboard.webhooks.report.WebhookMeters.Step;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down which circuit breakers of this node are not closed, for the API of all nodes: at once
 * when that changes, and every ten seconds while any is. Belongs to one event loop.
 */
public final class BreakerReport {
  private static final Logger log = LoggerFactory.getLogger(BreakerReport.class);
  private static final long CONFIRM_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final BreakerStore store;
  private final Supplier<List<NodeBreaker>> breakers;
  private final WebhookMeters meters;
  private final UUID node = UUID.randomUUID();
  private Set<Entry> written = Set.of();
  private long writtenAt = System.nanoTime();

  /** The content of a row without its times. */
  private record Entry(long webhook, boolean open) {}

  /** Reports {@code breakers}, those of this node that are not closed. */
  public BreakerReport(
      BreakerStore store, Supplier<List<NodeBreaker>> breakers, WebhookMeters meters) {
    this.store = store;
    this.breakers = breakers;
    this.meters = meters;
  }

  /** Writes the breakers down if that is necessary; never fails. */
  public Future<Void> write() {
    return write(breakers.get());
  }

  private Future<Void> write(List<NodeBreaker> now) {
    Set<Entry> entries =
        now.stream()
            .map(one -> new Entry(one.webhook(), one.nextTry() != null))
            .collect(Collectors.toSet());
    boolean due = !entries.isEmpty() && System.nanoTime() - writtenAt > CONFIRM_NANOS;
    if (entries.equals(written) && !due) {
      return Future.succeededFuture();
    }
    return store
        .save(node, now)
        .onSuccess(
            saved -> {
              written = entries;
              writtenAt = System.nanoTime();
            })
        .onFailure(this::warn)
        .otherwiseEmpty()
        .mapEmpty();
  }

  private void warn(Throwable failure) {
    meters.failed(Step.HEALTH);
    log.atWarn()
        .addKeyValue("reason", Reason.of(failure))
        .log("Can't write which circuit breakers are open; the next round will retry");
  }

  /** Deletes what nodes that died have written; never fails. */
  public Future<Void> clean() {
    return store.deleteOld().onFailure(this::warn).otherwiseEmpty().mapEmpty();
  }

  /** Takes back what this node has written; never fails. */
  public Future<Void> close() {
    return write(List.of());
  }
}
