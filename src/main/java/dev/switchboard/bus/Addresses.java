package dev.switchboard.bus;

import io.vertx.core.Vertx;
import java.util.List;

/**
 * Every address of the node's event bus.
 *
 * <pre>
 * address                     message            from      to         guarantee
 * bridge.watch                Watch              hub       bridge     answered by mail, or by the next link change
 * bridge.unwatch              Unwatch            hub       bridge     a hint; unneeded logs cost only work
 * bridge.watch-attempts       WatchAttempts      hub       bridge     answered by mail once Redis carries it
 * bridge.unwatch-attempts     UnwatchAttempts    hub       bridge     a hint
 * sessions.closed             SessionClosed      hub       presence   in order; a lease ends what is lost
 * sessions.mail.N             HubMail            bridge    hub N      in order
 * sessions.missed-disconnect  MissedDisconnect   auth      all hubs   after an outage; who came later stays
 * sessions.order              SessionOrder       bridge    all hubs   a hint; what it lost is read later
 * sessions.opened             SessionOpened      hub       presence   in order
 * webhooks.deliveries-settled DeliveriesSettled  ingest    webhooks   a hint; a sweep finds what it lost
 * webhooks.signal             WebhookSignal      bridge    webhooks   a hint
 * </pre>
 */
public final class Addresses {
  /** A hub wants a log. */
  public static final Address<Watch> BRIDGE_WATCH = new Address<>("bridge.watch", Watch.class);

  /** A hub lets go of a log. */
  public static final Address<Unwatch> BRIDGE_UNWATCH =
      new Address<>("bridge.unwatch", Unwatch.class);

  /** A hub wants a tenant's attempts. */
  public static final Address<WatchAttempts> BRIDGE_WATCH_ATTEMPTS =
      new Address<>("bridge.watch-attempts", WatchAttempts.class);

  /** A hub lets go of a tenant's attempts. */
  public static final Address<UnwatchAttempts> BRIDGE_UNWATCH_ATTEMPTS =
      new Address<>("bridge.unwatch-attempts", UnwatchAttempts.class);

  /** Sessions are to end. */
  public static final Address<SessionOrder> SESSION_ORDER =
      new Address<>("sessions.order", SessionOrder.class);

  /** A user was to be disconnected; told beside the order, which may be lost. */
  public static final Address<MissedDisconnect> MISSED_DISCONNECT =
      new Address<>("sessions.missed-disconnect", MissedDisconnect.class);

  /** A user's session is live. */
  public static final Address<SessionOpened> SESSION_OPENED =
      new Address<>("sessions.opened", SessionOpened.class);

  /** A user's session is gone. */
  public static final Address<SessionClosed> SESSION_CLOSED =
      new Address<>("sessions.closed", SessionClosed.class);

  /** An event with held deliveries is decided. */
  public static final Address<DeliveriesSettled> DELIVERIES_SETTLED =
      new Address<>("webhooks.deliveries-settled", DeliveriesSettled.class);

  /** A node told something about webhooks. */
  public static final Address<WebhookSignal> WEBHOOK_SIGNAL =
      new Address<>("webhooks.signal", WebhookSignal.class);

  /** All of them but the hubs' mail, which has one address per hub. */
  static final List<Address<?>> ALL =
      List.of(
          BRIDGE_WATCH,
          BRIDGE_UNWATCH,
          BRIDGE_WATCH_ATTEMPTS,
          BRIDGE_UNWATCH_ATTEMPTS,
          SESSION_ORDER,
          MISSED_DISCONNECT,
          SESSION_OPENED,
          SESSION_CLOSED,
          DELIVERIES_SETTLED,
          WEBHOOK_SIGNAL,
          hubMail(0));

  private Addresses() {}

  /** The mail of one hub. */
  public static Address<HubMail> hubMail(int hub) {
    return new Address<>("sessions.mail." + hub, HubMail.class);
  }

  /** Registers the codec of every message type; once per Vert.x, before the first message. */
  public static void register(Vertx vertx) {
    for (Address<?> address : ALL) {
      vertx.eventBus().registerCodec(new LocalCodec<>(address.type()));
    }
  }
}
