package dev.switchboard.sessions;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.FollowLog;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.bus.UnfollowLog;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.config.SwitchboardConfig.Sessions;
import dev.switchboard.redis.EventLog;
import dev.switchboard.time.LoopScheduler;
import dev.switchboard.time.RepeatingTask;
import java.time.Duration;
import java.util.Random;

/** The parts of one event loop's sessions put together; the one door into this package. */
public final class SessionLoop {
  private final SwitchboardConfig config;
  private final Sessions bounds;
  private final Entrances entrances;
  private final LoopScheduler scheduler;

  private final Endings endings;
  private final LogStreams streams;
  private final Outbox outbox;
  private final Following following;
  private final PresenceWatch watch;
  private final FollowingAttempts attempts;
  private final FanOut fanOut;
  private final Supply supply;
  private final SignIn signIn;
  private final Orders orders;
  private final RepeatingTask upkeepRounds;
  private final WebSocketEdge webSockets;
  private final StreamEdge eventStreams;

  /** For one event loop, made on it. */
  public SessionLoop(
      EventLoop loop,
      SwitchboardConfig config,
      Entrances entrances,
      Neighbours neighbours,
      SessionCount count,
      Seats seats) {
    this.config = config;
    this.bounds = config.sessions();
    this.entrances = entrances;
    this.scheduler = LoopScheduler.ofThisLoop(loop.vertx());
    PresenceNews news = new PresenceNews(loop.vertx());
    this.endings = new Endings(count, news, scheduler);
    this.outbox = new Outbox(bounds, endings::endAsTooSlow);
    this.streams = streams(loop, LogShare.of(config.logs()));
    Rooms rooms = new Rooms();
    LogReader reader = new LogReader(pagesOf(neighbours.eventLog()), SessionTime.SYSTEM);
    CatchUp catchUp = new CatchUp(streams, rooms, reader, outbox, scheduler);
    this.following = new Following(streams, rooms, catchUp);
    this.watch = new PresenceWatch(neighbours.presence());
    this.attempts = new FollowingAttempts(loop.vertx(), loop.number(), outbox::offer);
    Upkeep upkeep = upkeep();
    this.supply = new Supply(new InboxDelivery(neighbours.inbox()), catchUp, upkeep);
    this.fanOut =
        new FanOut(
            streams,
            rooms,
            outbox,
            catchUp,
            watch,
            attempts,
            endings.present(),
            following::logsOpen,
            supply::linkRestored);
    Greeting greeting =
        new Greeting(loop.node(), bounds.heartbeat(), streams, outbox, fanOut::isLinkUp);
    GoingLive goingLive = new GoingLive(following, catchUp, greeting, news, supply);
    this.signIn = new SignIn(bounds, entrances, count, seats, endings, goingLive);
    this.orders = new Orders(entrances.revocations(), endings, streams, supply);
    this.upkeepRounds = new Sweep(endings, upkeep, supply, outbox).task(loop.tasks(), bounds);
    endings.onGone(following::forget);
    endings.onGone(watch::forget);
    endings.onGone(attempts::end);
    endings.onGone(seats::leave);
    Hub hub = new Hub(bounds, count, endings, conversation(neighbours.publisher()), supply);
    this.webSockets = new WebSocketEdge(hub, signIn, entrances, config);
    this.eventStreams = new StreamEdge(hub, signIn, entrances, streams, config.redis().prefix());
  }

  private static LogStreams streams(EventLoop loop, LogShare share) {
    return new LogStreams(
        log -> Addresses.BRIDGE_FOLLOW_LOG.send(loop.vertx(), new FollowLog(loop.number(), log)),
        log ->
            Addresses.BRIDGE_UNFOLLOW_LOG.send(loop.vertx(), new UnfollowLog(loop.number(), log)),
        share);
  }

  private Upkeep upkeep() {
    return new Upkeep(
        bounds,
        Upkeep.Bounds.of(config),
        SessionTime.SYSTEM,
        streams,
        outbox,
        entrances.widgets()::stillAdmit,
        endings::end);
  }

  private Conversation conversation(SocketPublisher publisher) {
    String topicPrefix = config.redis().prefix();
    Replies replies = new Replies(bounds, outbox, endings);
    Renewal renewal = new Renewal(following, attempts, replies);
    FollowingUsers users = new FollowingUsers(bounds.maxUsers(), watch, outbox, replies);
    return new Conversation(
        new Authentication(entrances.authenticator(), topicPrefix, signIn, renewal),
        new Subscribing(bounds, topicPrefix, following, users, replies),
        new SmallTalk(following, supply, attempts, replies),
        new Publishing(publisher, replies),
        replies);
  }

  /** A page fills at most a quarter of what may wait for a slow reader, and one event. */
  private LogReader.Source pagesOf(EventLog eventLog) {
    long bytes = bounds.queueBytes().bytes() / 4;
    return (log, after, most) -> eventLog.read(log, after, most, bytes);
  }

  /** Accepts WebSockets of this event loop. */
  public WebSocketEdge webSockets() {
    return webSockets;
  }

  /** Accepts streams of server-sent events of this event loop. */
  public StreamEdge streams() {
    return eventStreams;
  }

  /** From the bridge. */
  void mail(HubBatch mail) {
    fanOut.mail(mail);
  }

  Orders orders() {
    return orders;
  }

  /** Looks at every session, again and again. */
  void start() {
    upkeepRounds.start();
  }

  /** Ends the looks at sessions, once none is left. */
  void stop() {
    upkeepRounds.stop();
  }

  /** Ends everyone over that time, once it is run. */
  Drain drain(Duration window) {
    Drain.Times times = new Drain.Times(window, bounds.retryAfter());
    return new Drain(endings, times, new Random(), scheduler);
  }
}
