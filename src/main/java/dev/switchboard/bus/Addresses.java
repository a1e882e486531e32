package dev.switchboard.bus;

import io.vertx.core.Vertx;
import java.util.List;

/**
 * Every address of the node's event bus.
 *
 * <pre>
 * address                     message           from    to        guarantee
 * bridge.follow-log           FollowLog         hub     bridge    answered by a batch, or by the next link change
 * bridge.unfollow-log         UnfollowLog       hub     bridge    a hint; unneeded logs cost only work
 * bridge.follow-attempts      FollowAttempts    hub     bridge    answered by a batch once Redis carries it
 * bridge.unfollow-attempts    UnfollowAttempts  hub     bridge    a hint
 * sessions.batch.N            HubBatch          bridge  hub N     in order
 * sessions.closed             SessionClosed     hub     presence  in order; a lease ends what is lost
 * sessions.control            ControlCommand    bridge  all hubs  a hint; what is lost is read later
 * sessions.missed-disconnect  MissedDisconnect  auth    all hubs  after an outage; later sign-ins stay
 * sessions.opened             SessionOpened     hub     presence  in order
 * webhooks.deliveries-settled DeliveriesSettled ingest  webhooks  a hint; a sweep finds what is lost
 * webhooks.signal             WebhookSignal     bridge  webhooks  a hint
 * </pre>
 */
public final class Addresses {
  /** A hub wants a log. */
  public static final Address<FollowLog> BRIDGE_FOLLOW_LOG =
      new Address<>("bridge.follow-log", FollowLog.class);

  /** A hub lets go of a log. */
  public static final Address<UnfollowLog> BRIDGE_UNFOLLOW_LOG =
      new Address<>("bridge.unfollow-log", UnfollowLog.class);

  /** A hub wants a tenant's attempts. */
  public static final Address<FollowAttempts> BRIDGE_FOLLOW_ATTEMPTS =
      new Address<>("bridge.follow-attempts", FollowAttempts.class);

  /** A hub lets go of a tenant's attempts. */
  public static final Address<UnfollowAttempts> BRIDGE_UNFOLLOW_ATTEMPTS =
      new Address<>("bridge.unfollow-attempts", UnfollowAttempts.class);

  /** Sessions are to end. */
  public static final Address<ControlCommand> CONTROL_COMMAND =
      new Address<>("sessions.control", ControlCommand.class);

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
          BRIDGE_FOLLOW_LOG,
          BRIDGE_UNFOLLOW_LOG,
          BRIDGE_FOLLOW_ATTEMPTS,
          BRIDGE_UNFOLLOW_ATTEMPTS,
          CONTROL_COMMAND,
          MISSED_DISCONNECT,
          SESSION_OPENED,
          SESSION_CLOSED,
          DELIVERIES_SETTLED,
          WEBHOOK_SIGNAL,
          hubBatch(0));

  private Addresses() {}

  /** The mail of one hub. */
  public static Address<HubBatch> hubBatch(int hub) {
    return new Address<>("sessions.batch." + hub, HubBatch.class);
  }

  /** Registers the codec of every message type; once per Vert.x, before the first message. */
  public static void register(Vertx vertx) {
    for (Address<?> address : ALL) {
      vertx.eventBus().registerCodec(new LocalCodec<>(address.type()));
    }
  }
}
