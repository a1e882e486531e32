package dev.switchboard.webhooks.queue;

import dev.switchboard.event.Event;
import dev.switchboard.webhooks.filter.FilterBudget;
import dev.switchboard.webhooks.queue.OutboxEntry.Owed;
import dev.switchboard.webhooks.registry.Candidate;
import dev.switchboard.webhooks.registry.OrderKey;
import dev.switchboard.webhooks.registry.Webhook;
import dev.switchboard.webhooks.registry.Webhook.Match;
import dev.switchboard.webhooks.report.UndecidedFilters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Selects the webhooks that an event is delivered to. Belongs to one event.
 *
 * <p>It never fails, and what a tenant stored can't take longer than a {@link FilterBudget} allows:
 * a webhook whose filter can't be evaluated gets the event, because an event too many does less
 * harm than a lost one. A webhook whose row can't be read so far is owed the event, too; it is
 * decided when it is called.
 */
final class Selection {
  private static final String SHARED_KEY = "";

  private final Event event;
  private final UndecidedFilters undecided;
  private final FilterBudget budget = new FilterBudget();
  private @Nullable Object payload;
  private @Nullable RuntimeException unreadable;

  private Selection(Event event, UndecidedFilters undecided) {
    this.event = event;
    this.undecided = undecided;
  }

  /** Selects among {@code candidates}, which subscribe to the type of {@code event}, or may. */
  static List<Owed> of(Event event, List<Candidate> candidates, UndecidedFilters undecided) {
    Selection selection = new Selection(event, undecided);
    if (candidates.stream().anyMatch(candidate -> candidate.webhook().readsPayload())) {
      selection.readPayload();
    }
    List<Owed> owed = new ArrayList<>(candidates.size());
    for (Candidate candidate : candidates) {
      Webhook webhook = candidate.webhook();
      Match match = candidate.matches(() -> selection.isAcceptedBy(webhook));
      if (match != Match.NO) {
        owed.add(new Owed(webhook, selection.orderKey(webhook), match == Match.UNKNOWN));
      }
    }
    return owed;
  }

  private void readPayload() {
    try {
      payload = Json.decodeValue(Buffer.buffer(event.payload().bytes()));
    } catch (DecodeException e) {
      unreadable = e;
    }
  }

  private boolean isAcceptedBy(Webhook webhook) {
    if (webhook.options().filter() == null) {
      return true;
    }
    try {
      if (unreadable != null) {
        throw unreadable;
      }
      return webhook.wants(payload, budget);
    } catch (RuntimeException fault) {
      undecided.report(webhook.id(), fault);
      return true;
    }
  }

  /** Where the key can't be determined, the delivery is ordered with those that lack the member. */
  private @Nullable String orderKey(Webhook webhook) {
    OrderKey orderBy = webhook.options().orderBy();
    if (orderBy == null) {
      return null;
    }
    try {
      return orderBy.of(event, payload);
    } catch (RuntimeException fault) {
      return SHARED_KEY;
    }
  }
}
