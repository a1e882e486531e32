package dev.switchboard.sessions.protocol;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.ApiKeyStore;
import dev.switchboard.auth.ApiKeyUses;
import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Revocations;
import dev.switchboard.auth.Roles;
import dev.switchboard.auth.Tokens;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SchemasConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import dev.switchboard.inbox.Inbox;
import dev.switchboard.inbox.InboxMessage;
import dev.switchboard.ingest.parse.EventRules;
import dev.switchboard.ingest.parse.InvalidEventsException;
import dev.switchboard.ingest.parse.MessageReader;
import dev.switchboard.ingest.parse.PayloadCheck;
import dev.switchboard.postgres.Database;
import dev.switchboard.sessions.NoKeptEvents;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.sessions.TestRegistry;
import dev.switchboard.sessions.lifecycle.BacklogDelivery;
import dev.switchboard.sessions.lifecycle.Heartbeat;
import dev.switchboard.sessions.lifecycle.InboxDelivery;
import dev.switchboard.sessions.lifecycle.PositionReminder;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.signin.SignIn;
import dev.switchboard.sessions.subscriptions.AttemptTail;
import dev.switchboard.sessions.subscriptions.CatchUp;
import dev.switchboard.sessions.subscriptions.LogReader;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStreams;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;
import dev.switchboard.sessions.subscriptions.PresenceSource;
import dev.switchboard.sessions.subscriptions.PresenceSubscribers;
import dev.switchboard.sessions.subscriptions.Subscribers;
import dev.switchboard.support.ManualLoop;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Messages of a client that has signed in, one a line of an input. Each has at most one answer,
 * which repeats its {@code ref}; none ends in an exception.
 */
class ClientMessageFuzzTest extends FuzzTarget {
  private static final SwitchboardConfig CONFIG = ConfigLoader.defaults(name -> null);
  private static final SessionsConfig SESSIONS = CONFIG.sessions();
  private static final TenantId TENANT = new TenantId("t");
  private static final Vertx vertx = Vertx.vertx();
  private static final Authenticator AUTHENTICATOR = authenticator();

  private final MessageReader reader =
      new MessageReader(
          new EventRules(
              "callcenter",
              2_000,
              5,
              new PayloadCheck(
                  new SchemasConfig(SchemasConfig.Mode.off, Map.of()), new SimpleMeterRegistry())));

  private static Authenticator authenticator() {
    Roles roles = new Roles(CONFIG.auth().roles());
    Secret secret = new Secret("a key that no token is signed with");
    return new Authenticator(
        new Tokens(vertx, CONFIG.auth(), roles, secret, Clock.systemUTC()),
        new Authenticator.Keys(
            new ApiKeyStore(new Database(vertx, CONFIG.postgres()))
                .snapshot(vertx, Duration.ofSeconds(1)),
            new ApiKeyUses(Clock.systemUTC())),
        new Revocations(Duration.ZERO, Clock.systemUTC()),
        Clock.systemUTC(),
        new SimpleMeterRegistry());
  }

  @Override
  protected void check(byte[] input) {
    Recorder wire = new Recorder();
    Session session = Recorder.liveSession(TENANT, wire);
    ClientMessages messages = messages();
    text(input)
        .lines()
        .limit(20)
        .forEach(
            line -> {
              int before = wire.written().size();
              messages.received(session, line);
              assertAnswered(line, wire.written().subList(before, wire.written().size()));
            });
  }

  private static void assertAnswered(String line, List<JsonObject> answers) {
    assertThat(answers).hasSizeLessThanOrEqualTo(1);
    Object ref = JsonTrees.object(line).map(message -> message.getValue("ref")).orElse(null);
    for (JsonObject answer : answers) {
      assertThat(answer.getString("type")).isNotEmpty();
      // JSON can't write what lies beyond the range of a double.
      boolean same = JsonTrees.same(answer.getValue("ref"), ref);
      assertThat(same || String.valueOf(ref).contains("Infinity")).isTrue();
    }
  }

  private ClientMessages messages() {
    ManualLoop loop = new ManualLoop();
    SessionRegistry registry = TestRegistry.on(loop, SESSIONS);
    OutboundQueue outboundQueue = new OutboundQueue(SESSIONS, registry);
    LogStreams streams = new LogStreams(log -> {}, log -> {}, new LogShare(1, 1));
    Subscribers subscribers = new Subscribers();
    LogReader logs =
        new LogReader((log, after, most) -> Future.failedFuture("down"), SessionTime.SYSTEM);
    CatchUp catchUp =
        new CatchUp(streams, subscribers, logs, NoKeptEvents.snapshots(loop), outboundQueue, loop);
    LogSubscriptions subscriptions = new LogSubscriptions(streams, subscribers, catchUp);
    ClientReplies replies =
        new ClientReplies(SESSIONS, outboundQueue, registry, SessionTime.SYSTEM);
    AttemptTail attempts = new AttemptTail(vertx, 0, outboundQueue);
    PositionReminder positions =
        new PositionReminder(CONFIG.logs(), SessionTime.SYSTEM, streams, outboundQueue);
    BacklogDelivery backlog =
        new BacklogDelivery(
            new InboxDelivery(
                new EmptyInbox(), catchUp, new Heartbeat(SESSIONS, SessionTime.SYSTEM, registry)),
            catchUp,
            positions);
    MessageHandlers handlers =
        new MessageHandlers(
            new AuthHandler(
                AUTHENTICATOR,
                "callcenter",
                notUsed(),
                new TokenRenewal(subscriptions, attempts, registry, replies)),
            subscribeHandler(subscriptions, positions, outboundQueue, replies),
            new PingHandler(subscriptions, replies),
            new AckHandler(backlog, replies),
            new TailHandler(attempts, replies));
    return new ClientMessages(handlers, new PublishHandler(this::publish, replies), replies);
  }

  /** The session has signed in. */
  @SuppressWarnings("NullAway")
  private static SignIn notUsed() {
    return null;
  }

  private static SubscribeHandler subscribeHandler(
      LogSubscriptions subscriptions,
      PositionReminder positions,
      OutboundQueue outboundQueue,
      ClientReplies replies) {
    PresenceSubscribers presence =
        new PresenceSubscribers(
            (tenant, users) ->
                Future.succeededFuture(
                    users.stream()
                        .map(user -> new PresenceSource.UserPresence(user, false, null))
                        .toList()),
            outboundQueue);
    return new SubscribeHandler(
        SESSIONS,
        new KeptSubscriptions(5, subscriptions, SessionTime.SYSTEM),
        "callcenter",
        subscriptions,
        new PresenceSubscriptions(SESSIONS.maxUsers(), presence, replies),
        positions,
        replies);
  }

  private Future<SocketPublisher.Receipt> publish(Principal.Participant sender, String message) {
    try {
      EventId id = reader.fromSocket(message, sender).id();
      return Future.succeededFuture(
          new SocketPublisher.Receipt(null, id == null ? "made" : id.value()));
    } catch (InvalidEventsException invalid) {
      return Future.failedFuture(
          new SocketPublisher.RefusedException(
              "bad_request", requireNonNull(invalid.getMessage())));
    }
  }

  private static final class EmptyInbox implements Inbox {
    @Override
    public Future<List<InboxMessage>> read(TenantId tenant, UserId user, long after) {
      return Future.succeededFuture(List.of());
    }

    @Override
    public Future<Long> remove(TenantId tenant, UserId user, List<EventId> events) {
      return Future.succeededFuture(0L);
    }
  }
}
