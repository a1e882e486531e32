package dev.switchboard.bus;

import dev.switchboard.bus.inspection.NodeAnswer;
import dev.switchboard.bus.inspection.NodeQuestion;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * Every address of the node's event bus.
 *
 * <pre>
 * address                     message           from    to        guarantee
 * api.node-answer             NodeAnswer        bridge  all loops a hint; the request ends after a limited time
 * bridge.follow-log           FollowLog         hub     bridge    answered by a batch, or by the next link change
 * bridge.unfollow-log         UnfollowLog       hub     bridge    a hint; an unneeded log only costs work
 * bridge.follow-attempts      FollowAttempts    hub     bridge    answered by a batch once Redis carries it
 * bridge.unfollow-attempts    UnfollowAttempts  hub     bridge    a hint
 * bridge.event-channels       EventChannels     node    bridge    sent again every few seconds
 * node.question               NodeQuestion      bridge  node      a hint
 * sessions.batch.N            HubBatch          bridge  hub N     in order
 * sessions.closed             SessionClosed     hub     presence  in order; the lease of a lost one expires
 * sessions.control            ControlCommand    bridge  all hubs  a hint; lost ones are read from Redis
 * sessions.missed-disconnect  MissedDisconnect  auth    all hubs  after an outage; later sessions stay
 * sessions.opened             SessionOpened     hub     presence  in order
 * webhooks.deliveries-settled DeliveriesSettled ingest  webhooks  a hint; a sweep finds lost ones
 * webhooks.signal             WebhookSignal     bridge  webhooks  a hint
 * </pre>
 */
public final class Addresses {
  /** A hub starts to follow a log. */
  public static final Address<FollowLog> BRIDGE_FOLLOW_LOG =
      new Address<>("bridge.follow-log", FollowLog.class);

  /** A hub stops following a log. */
  public static final Address<UnfollowLog> BRIDGE_UNFOLLOW_LOG =
      new Address<>("bridge.unfollow-log", UnfollowLog.class);

  /** A hub starts to follow the attempts at a tenant's webhooks. */
  public static final Address<FollowAttempts> BRIDGE_FOLLOW_ATTEMPTS =
      new Address<>("bridge.follow-attempts", FollowAttempts.class);

  /** A hub stops following the attempts at a tenant's webhooks. */
  public static final Address<UnfollowAttempts> BRIDGE_UNFOLLOW_ATTEMPTS =
      new Address<>("bridge.unfollow-attempts", UnfollowAttempts.class);

  /** Where the bridge listens for events. */
  public static final Address<EventChannels> BRIDGE_EVENT_CHANNELS =
      new Address<>("bridge.event-channels", EventChannels.class);

  /** A node asks this one, or itself. */
  public static final Address<NodeQuestion> NODE_QUESTION =
      new Address<>("node.question", NodeQuestion.class);

  /** A node answers a question of this one. */
  public static final Address<NodeAnswer> NODE_ANSWER =
      new Address<>("api.node-answer", NodeAnswer.class);

  /** A command to sessions arrived. */
  public static final Address<ControlCommand> CONTROL_COMMAND =
      new Address<>("sessions.control", ControlCommand.class);

  /** A command to disconnect a user was found in Redis; this node may have missed it. */
  public static final Address<MissedDisconnect> MISSED_DISCONNECT =
      new Address<>("sessions.missed-disconnect", MissedDisconnect.class);

  /** A user's session went live. */
  public static final Address<SessionOpened> SESSION_OPENED =
      new Address<>("sessions.opened", SessionOpened.class);

  /** A user's session ended. */
  public static final Address<SessionClosed> SESSION_CLOSED =
      new Address<>("sessions.closed", SessionClosed.class);

  /** An event with held deliveries was published or given up. */
  public static final Address<DeliveriesSettled> DELIVERIES_SETTLED =
      new Address<>("webhooks.deliveries-settled", DeliveriesSettled.class);

  /** A hint about webhooks arrived. */
  public static final Address<WebhookSignal> WEBHOOK_SIGNAL =
      new Address<>("webhooks.signal", WebhookSignal.class);

  /** All of them, of the hubs' batches that of the first hub. */
  static final List<Address<?>> ALL =
      List.of(
          BRIDGE_FOLLOW_LOG,
          BRIDGE_UNFOLLOW_LOG,
          BRIDGE_FOLLOW_ATTEMPTS,
          BRIDGE_UNFOLLOW_ATTEMPTS,
          BRIDGE_EVENT_CHANNELS,
          NODE_QUESTION,
          NODE_ANSWER,
          CONTROL_COMMAND,
          MISSED_DISCONNECT,
          SESSION_OPENED,
          SESSION_CLOSED,
          DELIVERIES_SETTLED,
          WEBHOOK_SIGNAL,
          hubBatch(0));

  private Addresses() {}

  /** The batches for one hub, numbered from 0. */
  public static Address<HubBatch> hubBatch(int hub) {
    return new Address<>("sessions.batch." + hub, HubBatch.class);
  }

  /**
   * Registers the codec of every message type. To call once per Vert.x, before the first message.
   */
  public static void register(Vertx vertx) {
    for (Address<?> address : ALL) {
      vertx.eventBus().registerCodec(new LocalCodec<>(address.type()));
    }
  }
}
