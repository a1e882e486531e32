package dev.switchboard.sessions.protocol;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.sessions.NoKeptEvents;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.sessions.TestRegistry;
import dev.switchboard.sessions.lifecycle.PositionReminder;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.session.LogSubscription.CatchingUp;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.CatchUp;
import dev.switchboard.sessions.subscriptions.LogReader;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStreams;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;
import dev.switchboard.sessions.subscriptions.PresenceSource;
import dev.switchboard.sessions.subscriptions.PresenceSubscribers;
import dev.switchboard.sessions.subscriptions.Subscribers;
import dev.switchboard.time.LoopScheduler;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Requests that follow each other while Redis has confirmed nothing yet. */
class SubscribeHandlerTest {
  private static final SwitchboardConfig CONFIG = ConfigLoader.defaults(name -> null);
  private static final TenantId TENANT = new TenantId("t");
  private static final String TOPIC = "callcenter:custom:alerts";
  private static final String OTHER = "callcenter:custom:orders";
  private static final LogId LOG = new LogId(TENANT, new Topic(TOPIC));
  private static final LogId OTHER_LOG = new LogId(TENANT, new Topic(OTHER));

  private final SessionsConfig config = CONFIG.sessions();
  private final LogStreams streams =
      new LogStreams(log -> {}, log -> {}, LogShare.of(CONFIG.logs()));
  private final Subscribers subscribers = new Subscribers();
  private final OutboundQueue outboundQueue = new OutboundQueue(config, TestRegistry.of(config));
  private final LoopScheduler scheduler =
      new LoopScheduler() {
        @Override
        public void next(Runnable action) {}

        @Override
        public Timer after(long millis, Runnable action) {
          return () -> {};
        }
      };
  private final CatchUp catchUp =
      new CatchUp(
          streams,
          subscribers,
          new LogReader((log, after, most) -> Future.failedFuture("down"), SessionTime.SYSTEM),
          NoKeptEvents.snapshots(scheduler),
          outboundQueue,
          scheduler);
  private final LogSubscriptions logSubscriptions =
      new LogSubscriptions(streams, subscribers, catchUp);
  private final PositionReminder positions =
      new PositionReminder(CONFIG.logs(), SessionTime.SYSTEM, streams, outboundQueue);
  private final SubscribeHandler subscribeHandler = subscribeHandler();
  private final Recorder wire = new Recorder();
  private final Session session = Recorder.liveSession(TENANT, wire);
  private boolean presenceFails;

  @Test
  void clientThatUnsubscribesAndComesBackFromAPositionGetsWhatFollowedIt() {
    subscribe(1, payload("topics", TOPIC));
    subscribeHandler.unsubscribe(request(2), payload("topics", TOPIC));
    subscribe(3, payload("topics", TOPIC).put("after", "e:5"));

    opens(10);

    assertThat(session.logs().catchingUp())
        .singleElement()
        .satisfies(topic -> assertThat(topic.cursor()).isEqualTo(position(5)));
    assertThat(answer(1).getValue("recovered")).isNull();
  }

  @Test
  void requestsThatWaitAreBounded() {
    subscribe(0, payload("topics", TOPIC));
    for (int i = 1; i <= 100; i++) {
      subscribe(i, payload("events", "call.*"));
    }

    assertThat(wire.written()).isNotEmpty().allMatch(m -> m.getString("type").equals("error"));
    assertThat(answer(100).getString("code")).isEqualTo("unavailable");
    int refused = wire.written().size();
    opens(10);
    assertThat(wire.written()).hasSize(101);
    assertThat(refused).isEqualTo(101 - 64);
  }

  @Test
  void usersOfRequestsThatWaitCountTogether() {
    subscribe(0, payload("topics", TOPIC));
    subscribe(1, payload("users", names("a", config.maxUsers())));
    subscribe(2, payload("users", names("b", config.maxUsers())));

    opens(10);

    assertThat(answer(1).getJsonArray("users")).hasSize(config.maxUsers());
    assertThat(answer(2).getString("code")).isEqualTo("limit_reached");
  }

  @Test
  void positionThatAnAnswerCarriedIsNotSentAgain() {
    subscribe(1, payload("topics", TOPIC));
    opens(10);

    positions.remind(session);

    assertThat(types()).containsExactly("subscribed");
  }

  @Test
  void logsThatWereLeftDoNotDelayThePosition() {
    subscribe(1, payload("topics", TOPIC, OTHER));
    requireNonNull(streams.find(OTHER_LOG)).open(position(1));
    opens(10);
    subscribeHandler.unsubscribe(request(2), payload("topics", OTHER));

    requireNonNull(streams.find(LOG)).advance(position(10 + CONFIG.logs().maxEvents() / 10), 1);
    positions.remind(session);

    assertThat(types()).containsExactly("subscribed", "unsubscribed", "position");
  }

  @Test
  void refusalCarriesNoPosition() {
    presenceFails = true;
    subscribe(1, payload("topics", TOPIC).put("users", new JsonArray().add("a")));
    opens(10);

    positions.remind(session);

    assertThat(types()).containsExactly("error", "position");
  }

  @Test
  void whatTheSessionCatchesUpWithHasNotGoneByYet() {
    long tenth = CONFIG.logs().maxEvents() / 10;
    subscribe(1, payload("topics", TOPIC).put("after", "e:5"));
    opens(5 + tenth - 1);
    subscribeHandler.unsubscribe(request(2), payload("topics", OTHER));
    catchesUp();
    positions.remind(session);
    assertThat(types()).containsExactly("unsubscribed");

    requireNonNull(streams.find(LOG)).advance(position(5 + tenth), 1);
    positions.remind(session);

    assertThat(types()).containsExactly("unsubscribed", "position");
  }

  private void catchesUp() {
    CatchingUp behind = session.logs().catchingUp().get(0);
    session.logs().replace(behind, behind.join());
  }

  private List<String> types() {
    return wire.written().stream().map(message -> message.getString("type")).toList();
  }

  private void subscribe(int ref, JsonObject payload) {
    subscribeHandler.subscribe(request(ref), payload);
  }

  private ClientRequest request(int ref) {
    return new ClientRequest(session, ref);
  }

  private static JsonObject payload(String member, String... values) {
    return new JsonObject().put(member, new JsonArray(List.of(values)));
  }

  private static String[] names(String beginning, int count) {
    return IntStream.range(0, count).mapToObj(i -> beginning + i).toArray(String[]::new);
  }

  private JsonObject answer(int ref) {
    return wire.written().stream()
        .filter(message -> Integer.valueOf(ref).equals(message.getInteger("ref")))
        .findFirst()
        .orElseThrow()
        .getJsonObject("payload");
  }

  private void opens(long offset) {
    requireNonNull(streams.find(LOG)).open(position(offset));
    logSubscriptions.logsOpened(session);
  }

  private static LogPosition position(long offset) {
    return new LogPosition("e", offset);
  }

  private SubscribeHandler subscribeHandler() {
    ClientReplies replies =
        new ClientReplies(config, outboundQueue, TestRegistry.of(config), SessionTime.SYSTEM);
    PresenceSubscribers presence =
        new PresenceSubscribers(
            (tenant, users) ->
                presenceFails
                    ? Future.failedFuture("down")
                    : Future.succeededFuture(
                        users.stream()
                            .map(user -> new PresenceSource.UserPresence(user, false, null))
                            .toList()),
            outboundQueue);
    PresenceSubscriptions users = new PresenceSubscriptions(config.maxUsers(), presence, replies);
    return new SubscribeHandler(
        config,
        new KeptSubscriptions(1, logSubscriptions, SessionTime.SYSTEM),
        "callcenter",
        logSubscriptions,
        users,
        positions,
        replies);
  }
}
