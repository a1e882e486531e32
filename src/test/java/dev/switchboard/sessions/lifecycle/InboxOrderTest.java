package dev.switchboard.sessions.lifecycle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Role;
import dev.switchboard.auth.TopicRule;
import dev.switchboard.auth.TypeRule;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.bus.QueuedBytes;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead.InboxPosition;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Position;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import dev.switchboard.inbox.Inbox;
import dev.switchboard.inbox.InboxMessage;
import dev.switchboard.kept.KeptStore;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.LogPage;
import dev.switchboard.sealing.PayloadSeal;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.sessions.TestRegistry;
import dev.switchboard.sessions.kept.KeptSnapshots;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.Recovery;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.sessions.subscriptions.AttemptTail;
import dev.switchboard.sessions.subscriptions.BatchHandler;
import dev.switchboard.sessions.subscriptions.CatchUp;
import dev.switchboard.sessions.subscriptions.FanOut;
import dev.switchboard.sessions.subscriptions.LinkStatus;
import dev.switchboard.sessions.subscriptions.LogReader;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStreams;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;
import dev.switchboard.sessions.subscriptions.PresenceSubscribers;
import dev.switchboard.sessions.subscriptions.Subscribers;
import dev.switchboard.support.ManualLoop;
import dev.switchboard.support.TestLimits;
import dev.switchboard.support.ThrowingCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A model of one user's inbox: producers store and publish in any interleaving, answers are late or
 * missing, sessions come, go, resume, acknowledge and stop reading. Each session gets the messages
 * in the order in which they were stored, and once; only what had left the inbox may come later.
 */
class InboxOrderTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final KeptStore NO_KEPT_EVENTS =
      new KeptStore(
          new ThrowingCommands(),
          new Keys("callcenter"),
          TestLimits.ofDefaults(),
          new PayloadSeal(
              ConfigLoader.defaults(name -> null).encryption(), new SimpleMeterRegistry()),
          new SimpleMeterRegistry());
  private static final UserId USER = new UserId("1");
  private static final Topic TOPIC = new Topic("callcenter:custom:alerts");
  private static final LogId TENANT_LOG = LogId.ofTenant(TENANT);
  private static final LogId TOPIC_LOG = new LogId(TENANT, TOPIC);
  private static final int PAGE = 3;
  private static final int STEPS = 600;

  static List<Long> seeds() {
    Long given = Long.getLong("switchboard.model.seed");
    List<Long> seeds = new ArrayList<>();
    for (long seed = 1; seed <= 400; seed++) {
      seeds.add(seed);
    }
    return given == null ? seeds : List.of(given);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void messagesComeInTheOrderOfTheirAcceptanceAndOnce(long seed) {
    World world = new World(new Random(seed));

    for (int i = 0; i < STEPS; i++) {
      world.step();
    }
    world.settle();

    assertThat(world.faults).isEmpty();
  }

  /** What a producer has stored and still has to publish. */
  private record Unpublished(
      LogId log, String type, String id, @Nullable InboxPosition inbox, boolean saved) {}

  /** A message in the inbox. */
  private record Stored(long number, String id) {}

  /** A log and how far the hub was sent it. */
  private static final class Log {
    private final List<LogEvent> events = new ArrayList<>();
    private boolean followed;
    private int released;
  }

  /** The inbox, whose answers come when the model says so. */
  private final class World implements Inbox {
    private final Random random;
    private final SwitchboardConfig config = ConfigLoader.defaults(name -> null);
    private final ManualLoop loop = new ManualLoop();
    private final SessionRegistry registry = TestRegistry.on(loop, config.sessions());
    private final OutboundQueue outboundQueue = new OutboundQueue(config.sessions(), registry);
    private final Subscribers subscribers = new Subscribers();
    private final List<Runnable> follows = new ArrayList<>();
    private final LogStreams streams =
        new LogStreams(this::follow, this::unfollow, new LogShare(1, 1));
    private final CatchUp catchUp =
        new CatchUp(
            streams,
            subscribers,
            new LogReader(this::readLog, new PassingTime()),
            new KeptSnapshots(NO_KEPT_EVENTS, loop, new PassingTime()),
            outboundQueue,
            loop);
    private final LogSubscriptions logSubscriptions =
        new LogSubscriptions(streams, subscribers, catchUp);
    private final InboxDelivery delivery =
        new InboxDelivery(
            this, catchUp, new Heartbeat(config.sessions(), new PassingTime(), registry));
    private final BacklogDelivery backlog =
        new BacklogDelivery(
            delivery,
            catchUp,
            new PositionReminder(config.logs(), new PassingTime(), streams, outboundQueue));
    private final BatchHandler batches = batches();

    private final Map<LogId, Log> logs = new HashMap<>();
    private final List<Stored> inbox = new ArrayList<>();
    private final Map<String, Long> numbers = new HashMap<>();
    private final Map<String, Integer> removedAt = new HashMap<>();
    private final List<Unpublished> unpublished = new ArrayList<>();
    private final List<Runnable> answers = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final List<String> leftPositions = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private int hints;
    private int made;
    private int time;
    private boolean settling;

    World(Random random) {
      this.random = random;
      logs.put(TENANT_LOG, new Log());
      logs.put(TOPIC_LOG, new Log());
      catchUp.readInboxWith(delivery::readFirst);
      registry.addListener(logSubscriptions);
    }

    @SuppressWarnings("NullAway")
    private BatchHandler batches() {
      PresenceSubscribers presence =
          new PresenceSubscribers(
              (tenant, users) -> Future.succeededFuture(List.of()), outboundQueue);
      return new BatchHandler(
          new FanOut(streams, subscribers, catchUp, logSubscriptions, presence, outboundQueue),
          new AttemptTail(null, 0, outboundQueue),
          new LinkStatus(registry, outboundQueue),
          outboundQueue);
    }

    private Log log(LogId id) {
      return requireNonNull(logs.get(id));
    }

    private void follow(LogId id) {
      follows.add(
          () -> {
            Log log = log(id);
            log.followed = true;
            log.released = log.events.size();
            handle(new HubBatch.LogOpened(id, position(id, log.released)));
          });
    }

    private void handle(HubBatch.Item item) {
      batches.handle(new HubBatch(List.of(item), 0, new QueuedBytes()));
    }

    private void unfollow(LogId id) {
      log(id).followed = false;
    }

    void step() {
      time++;
      switch (random.nextInt(16)) {
        case 0, 1, 2 -> accept();
        case 3, 4 -> publish();
        case 5, 6, 7 -> release();
        case 8, 9, 10 -> answer();
        case 11 -> hint();
        case 12 -> clients.forEach(client -> backlog.retry(client.session));
        case 13 -> {
          boolean unused = loop.take(1 + random.nextInt(3));
          boolean unusedToo = loop.ring(Long.MAX_VALUE);
        }
        case 14 -> clientActs();
        default -> comeOrGo();
      }
    }

    private void accept() {
      String id = "m" + ++made;
      switch (random.nextInt(6)) {
        case 0 -> unpublished.add(new Unpublished(TENANT_LOG, "call.ended", id, null, false));
        case 1 -> {
          InboxPosition unused = store(id);
          hints++;
        }
        case 2 -> unpublished.add(new Unpublished(TOPIC_LOG, "notification", id, store(id), false));
        case 3, 4 ->
            unpublished.add(new Unpublished(TENANT_LOG, "order.updated", id, store(id), false));
        default ->
            unpublished.add(new Unpublished(TENANT_LOG, "notification", id, store(id), false));
      }
    }

    private InboxPosition store(String id) {
      long previous = inbox.isEmpty() ? 0 : inbox.get(inbox.size() - 1).number();
      inbox.add(new Stored(made, id));
      numbers.put(id, (long) made);
      return new InboxPosition(made, previous);
    }

    private void publish() {
      if (unpublished.isEmpty()) {
        return;
      }
      Unpublished next = unpublished.remove(random.nextInt(unpublished.size()));
      Log log = log(next.log());
      LogPosition position = position(next.log(), log.events.size() + 1);
      log.events.add(requireNonNull(LogEvent.of(position, body(next))));
      if (next.log().equals(TOPIC_LOG)) {
        hints++;
      }
    }

    private byte[] body(Unpublished event) {
      String user = event.inbox() == null ? "" : "\"user_id\":\"1\",";
      String topic = event.log().topic() == null ? "" : "\"topic\":\"" + TOPIC + "\",";
      String head =
          "\"event_id\":\""
              + event.id()
              + "\",\"type\":\""
              + event.type()
              + "\",\"tenant_id\":\"t\",";
      String members = "\"timestamp\":\"2026-11-23T09:30:00.000Z\"," + user + topic;
      byte[] body = (head + members + "\"payload\":1}").getBytes(StandardCharsets.UTF_8);
      return event.inbox() == null ? body : Envelope.inInbox(body, event.inbox());
    }

    private void release() {
      if (!follows.isEmpty()) {
        follows.remove(0).run();
        return;
      }
      LogId id = random.nextBoolean() ? TENANT_LOG : TOPIC_LOG;
      Log log = log(id);
      if (!log.followed || log.released == log.events.size()) {
        return;
      }
      if (!settling && random.nextInt(20) == 0) {
        log.released = log.events.size();
        handle(new HubBatch.Skipped(id, position(id, log.released), 0));
      } else {
        handle(new HubBatch.Released(id, log.events.get(log.released++)));
      }
      outboundQueue.flush();
    }

    private void answer() {
      if (!answers.isEmpty()) {
        answers.remove(random.nextInt(answers.size())).run();
      }
    }

    private boolean fails() {
      return !settling && random.nextInt(6) == 0;
    }

    private <T> Future<T> later(Promise<T> promise, T result) {
      boolean failing = fails();
      answers.add(
          () -> {
            if (failing) {
              promise.fail("no answer");
            } else {
              promise.complete(result);
            }
          });
      return promise.future();
    }

    @Override
    public Future<List<InboxMessage>> read(TenantId tenant, UserId user, long after) {
      List<InboxMessage> page =
          inbox.stream()
              .filter(message -> message.number() > after)
              .limit(PAGE)
              .map(
                  message ->
                      new InboxMessage(
                          message.number(),
                          new EventId(message.id()),
                          new JsonObject().put("event_id", message.id()).toBuffer().getBytes()))
              .toList();
      return later(Promise.promise(), page);
    }

    @Override
    public Future<Long> remove(TenantId tenant, UserId user, List<EventId> events) {
      Promise<Long> promise = Promise.promise();
      boolean failing = fails();
      answers.add(
          () -> {
            if (failing) {
              promise.fail("no answer");
              return;
            }
            for (EventId event : events) {
              if (inbox.removeIf(message -> message.id().equals(event.value()))) {
                removedAt.put(event.value(), time);
              }
            }
            promise.complete((long) events.size());
          });
      return promise.future();
    }

    private Future<LogPage> readLog(LogId id, @Nullable LogPosition after, int most) {
      List<LogEvent> all = log(id).events;
      int from = after == null ? all.size() : (int) after.offset();
      int to = Math.min(all.size(), from + Math.min(most, 1 + random.nextInt(4)));
      LogPage page = new LogPage(position(id, all.size()), List.copyOf(all.subList(from, to)));
      return later(Promise.promise(), page);
    }

    private void hint() {
      if (hints > 0) {
        hints--;
        if (settling || random.nextInt(5) > 0) {
          clients.forEach(client -> backlog.inboxGrew(client.session));
        }
      }
    }

    private void clientActs() {
      if (clients.isEmpty()) {
        return;
      }
      Client client = clients.get(random.nextInt(clients.size()));
      if (random.nextInt(4) == 0) {
        client.writable = !client.writable;
        backlog.resume(client.session);
      } else if (!client.got.isEmpty()) {
        String id = client.got.get(random.nextInt(client.got.size()));
        backlog.acked(client.session, List.of(new EventId(id)));
      }
    }

    private void comeOrGo() {
      if (clients.size() < 3) {
        boolean resumes = !leftPositions.isEmpty() && random.nextBoolean();
        open(resumes ? leftPositions.get(random.nextInt(leftPositions.size())) : null);
      } else if (random.nextInt(4) == 0) {
        Client client = clients.remove(random.nextInt(clients.size()));
        if (client.session.isLive()) {
          leftPositions.add(logSubscriptions.position(client.session));
        }
        registry.transportClosed(client.session);
      }
    }

    private void open(@Nullable String after) {
      Client client = new Client(this);
      Session session = client.session;
      session.connect(client);
      registry.add(session);
      session.authenticated(user(), 0);
      session.filter(session.filter().withPatterns(List.of(new EventPattern("call.*"))));
      session.chooseEvents();
      clients.add(client);
      List<LogId> wanted =
          random.nextBoolean() ? List.of(TENANT_LOG) : List.of(TENANT_LOG, TOPIC_LOG);
      Position from = after == null ? null : Position.parse(after);
      Future<Recovery> unused =
          logSubscriptions
              .subscribe(session, wanted)
              .compose(
                  open ->
                      from == null
                          ? Future.succeededFuture(Recovery.NOT_ASKED)
                          : catchUp.recover(session, session.logs().ids(), from))
              .onSuccess(
                  recovery -> {
                    session.opened();
                    catchUp.holdBack(session);
                    backlog.begin(session);
                  })
              .onFailure(failure -> faults.add("unexpected failure: " + failure));
    }

    /** Everything answers until nothing moves any more. */
    void settle() {
      settling = true;
      while (!unpublished.isEmpty()) {
        publish();
      }
      for (int i = 0; i < 2_000; i++) {
        time++;
        release();
        answer();
        boolean unused = loop.take(10);
        boolean unusedToo = loop.ring(Long.MAX_VALUE);
        if (i % 50 == 0) {
          clients.forEach(client -> client.writable = true);
          clients.forEach(client -> backlog.resume(client.session));
          clients.forEach(client -> backlog.retry(client.session));
          hints++;
          hint();
        }
      }
      clients.forEach(this::checkIsComplete);
    }

    private void checkIsComplete(Client client) {
      for (Stored message : inbox) {
        if (!client.got.contains(message.id())) {
          faults.add(client + " was never sent " + message);
        }
      }
      List<String> calls =
          log(TENANT_LOG).events.stream()
              .filter(event -> event.head().type().value().equals("call.ended"))
              .map(event -> requireNonNull(event.head().id()).value())
              .toList();
      List<String> got = client.got.stream().filter(calls::contains).toList();
      if (!calls.subList(calls.size() - got.size(), calls.size()).equals(got)) {
        faults.add(client + " was sent the calls " + got + " of " + calls);
      }
    }
  }

  /** A session's client. */
  private static final class Client extends Recorder {
    private final World world;
    private final Session session = new Session("1", 0, 0);
    private final List<String> got = new ArrayList<>();
    private final Set<String> once = new HashSet<>();
    private final TreeMap<Long, Integer> sentAt = new TreeMap<>();
    private boolean writable = true;

    Client(World world) {
      this.world = world;
    }

    @Override
    public void write(SharedMessage message) {
      String id =
          new JsonObject(new String(message.json(), StandardCharsets.UTF_8)).getString("event_id");
      if (id == null) {
        return;
      }
      if (!once.add(id)) {
        world.faults.add(id + " was sent twice, after " + got);
      }
      Long number = world.numbers.get(id);
      if (number != null) {
        checkOrder(id, number);
        sentAt.put(number, world.time);
      }
      got.add(id);
    }

    @Override
    public String toString() {
      return "a session in " + session.state() + ", inbox " + session.inboxProgress();
    }

    /** Later ones may have been sent before only if this one had left the inbox by then. */
    private void checkOrder(String id, long number) {
      Integer removed = world.removedAt.get(id);
      int firstLater =
          sentAt.tailMap(number, false).values().stream()
              .min(Integer::compare)
              .orElse(Integer.MAX_VALUE);
      if (firstLater != Integer.MAX_VALUE && (removed == null || removed > firstLater)) {
        world.faults.add(id + " was sent after " + got);
      }
    }

    @Override
    public boolean isWritable() {
      return writable;
    }
  }

  /** A second goes by between any two looks, so no page of a log is read twice. */
  private static final class PassingTime implements SessionTime {
    private long nanos;

    @Override
    public long nanos() {
      nanos += 1_000_000_000;
      return nanos;
    }

    @Override
    public long millis() {
      return 0;
    }
  }

  private static LogPosition position(LogId log, long offset) {
    return new LogPosition(log.topic() == null ? "tenant" : "topic", offset);
  }

  private static Principal.User user() {
    Role role = new Role("any", TypeRule.ALL, TypeRule.ALL, new TopicRule(List.of("*")), Set.of());
    return new Principal.User(TENANT, USER, role, Instant.EPOCH, Instant.MAX, null);
  }
}
