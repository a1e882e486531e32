package dev.switchboard.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.Payload;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.inbox.InboxStore;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.RedisRefusedException;
import dev.switchboard.redis.Reply;
import dev.switchboard.redis.nodes.TenantChannels;
import dev.switchboard.sealing.PayloadSeal;
import dev.switchboard.support.Replies;
import dev.switchboard.support.TestLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Arrays of events over stores whose answers the test gives: what is written in which order, and
 * which events follow one that failed.
 */
class OrderedAcceptanceTest {
  private static final Vertx vertx = Vertx.vertx();
  private static final TenantId A = new TenantId("a");
  private static final TenantId B = new TenantId("b");

  private final Stores stores = new Stores();
  private final OrderedAcceptance acceptance = acceptance(stores);

  private static OrderedAcceptance acceptance(Stores stores) {
    SwitchboardConfig config = ConfigLoader.defaults(name -> null);
    Keys keys = new Keys("callcenter");
    PayloadSeal seal = new PayloadSeal(config.encryption(), new SimpleMeterRegistry());
    EventLog eventLog =
        new EventLog(
            stores, keys, new EventLog.Bounds(config.logs(), TestLimits.ofDefaults()), seal);
    InboxStore inbox =
        new InboxStore(
            stores,
            keys,
            new InboxStore.Bounds(config.inbox(), TestLimits.ofDefaults()),
            new InboxStore.MessageFormat(seal, Clock.systemUTC()),
            new SimpleMeterRegistry());
    TenantChannels channels = new TenantChannels(keys, config.redis().eventsChannel());
    IngestStores all = new IngestStores(stores, keys, channels, eventLog, inbox, stores::hold);
    return new OrderedAcceptance(
        new PrePublishWrites(all, Clock.systemUTC()),
        new EventPublisher(
            vertx, all, Clock.systemUTC(), new Ingest.Bounds(10, 1_000_000, config.kept())));
  }

  /** Redis and Postgres; answers are given at once unless they are to wait. */
  private static final class Stores implements RedisCommands {
    /** What was written, such as {@code publish 1}, in the order of the calls. */
    private final List<String> written = new ArrayList<>();

    private final Map<String, Throwable> failures = new HashMap<>();
    private final Deque<Runnable> answers = new ArrayDeque<>();
    private boolean waits;
    private int offset;

    Future<@Nullable HeldDeliveries> hold(Event event, byte[] body, boolean minted) {
      return answer("hold " + event.id(), true).mapEmpty();
    }

    @Override
    public Future<Reply> send(String command, List<?> arguments) {
      String keys = arguments.toString();
      if (keys.contains("callcenter:offline:")) {
        Reply stored = Replies.list("1", 0, 0, "1", "0", "10", "1");
        boolean appends = arguments.size() > 4;
        return appends
            ? answer("store " + arguments.get(4), stored)
            : Future.succeededFuture(stored);
      }
      if (command.equals("hexists")) {
        return Future.succeededFuture(Replies.of(0));
      }
      if (!command.equals("evalsha")) {
        return Future.succeededFuture(Replies.of(1));
      }
      int event = indexOfEvent(arguments);
      return event < 0
          ? Future.succeededFuture(usage(arguments))
          : answer("publish " + arguments.get(event), Replies.of("e:" + ++offset));
    }

    /** The id follows the channel and the body. */
    private static int indexOfEvent(List<?> arguments) {
      for (int i = 0; i < arguments.size(); i++) {
        if (arguments.get(i) instanceof byte[]) {
          return i + 1;
        }
      }
      return -1;
    }

    /** Room is reserved for every message. */
    private static Reply usage(List<?> arguments) {
      Object[] parts = new Object[2 + arguments.size()];
      Arrays.fill(parts, "");
      parts[0] = 1;
      parts[1] = "10";
      return Replies.list(parts);
    }

    private <T> Future<T> answer(String what, T result) {
      written.add(what);
      Throwable failure = failures.get(what);
      Promise<T> promise = Promise.promise();
      Runnable answer =
          failure == null ? () -> promise.complete(result) : () -> promise.fail(failure);
      if (waits) {
        answers.add(answer);
      } else {
        answer.run();
      }
      return promise.future();
    }

    @Override
    public <T> Future<T> replicated(String key, Future<T> write) {
      return write;
    }

    @Override
    public Future<Integer> publishEverywhere(String channel, String message) {
      return Future.succeededFuture(1);
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }

  private static EventDraft event(TenantId tenant, String id) {
    return event(tenant, id, null);
  }

  private static EventDraft event(TenantId tenant, String id, @Nullable String user) {
    return new EventDraft(
        tenant,
        new EventType("alert"),
        Payload.ofNormalised("{}".getBytes(StandardCharsets.US_ASCII)),
        user == null ? null : new UserId(user),
        null,
        null,
        new EventId(id),
        null,
        null,
        null);
  }

  private List<IngestResult> accept(EventDraft... drafts) {
    Future<List<IngestResult>> results = acceptance.accept(List.of(drafts), null);
    assertThat(results.succeeded()).isTrue();
    return results.result();
  }

  private static List<Boolean> accepted(List<IngestResult> results) {
    return results.stream().map(IngestResult.Accepted.class::isInstance).toList();
  }

  private void fails(String what, Throwable failure) {
    stores.failures.put(what, failure);
  }

  @Test
  void emptyArrayHasNoResults() {
    assertThat(accept()).isEmpty();
    assertThat(stores.written).isEmpty();
  }

  @Test
  void everythingIsHeldBeforeAnythingIsPublished() {
    assertThat(accepted(accept(event(A, "1"), event(B, "2"), event(A, "3"))))
        .containsExactly(true, true, true);

    assertThat(stores.written)
        .containsExactly("hold 1", "hold 2", "hold 3", "publish 1", "publish 2", "publish 3");
  }

  @Test
  void firstEventIsPublishedAloneAndTheRestTogether() {
    stores.waits = true;
    Future<List<IngestResult>> results =
        acceptance.accept(List.of(event(A, "1"), event(A, "2"), event(B, "3")), null);
    for (int i = 0; i < 3; i++) {
      stores.answers.remove().run();
    }
    assertThat(stores.written).endsWith("hold 3", "publish 1");

    stores.answers.remove().run();

    assertThat(stores.written).endsWith("publish 1", "publish 2", "publish 3");
    assertThat(results.isComplete()).isFalse();
    while (!stores.answers.isEmpty()) {
      stores.answers.remove().run();
    }
    assertThat(accepted(results.result())).containsExactly(true, true, true);
  }

  @Test
  void eventsThatFollowARefusedFirstOneOfTheirTenantAreNotPublished() {
    fails("publish 1", new RedisRefusedException("busy", new IllegalStateException()));

    List<IngestResult> results = accept(event(A, "1"), event(A, "2"), event(B, "3"));

    assertThat(accepted(results)).containsExactly(false, false, true);
    assertThat(stores.written).doesNotContain("publish 2").contains("publish 3");
    assertThat(results.get(1))
        .isEqualTo(
            new IngestResult.Unavailable(new EventId("2"), true, OutOfOrderException.MESSAGE));
  }

  @Test
  void eventWhoseDeliveriesCouldNotBeStoredStopsItsTenant() {
    fails("hold 2", new IllegalStateException("down"));

    List<IngestResult> results = accept(event(A, "1"), event(A, "2"), event(B, "3"), event(A, "4"));

    assertThat(accepted(results)).containsExactly(true, false, true, false);
    assertThat(stores.written).doesNotContain("publish 2", "publish 4");
  }

  @Test
  void inboxMessagesAreStoredOneAfterTheOther() {
    stores.waits = true;
    Future<List<IngestResult>> unused =
        acceptance.accept(List.of(event(A, "1", "u"), event(A, "2", "u")), null);
    assertThat(stores.written).containsExactly("store 1");

    stores.answers.remove().run();

    assertThat(stores.written).containsExactly("store 1", "store 2");
    stores.answers.remove().run();
    assertThat(stores.written).containsExactly("store 1", "store 2", "hold 1", "hold 2");
  }

  @Test
  void messageThatFollowsOneThatWasNotStoredIsNotStored() {
    fails("store 1", new IllegalStateException("down"));

    List<IngestResult> results =
        accept(event(A, "1", "u"), event(A, "2", "v"), event(B, "3", "u"), event(A, "4"));

    assertThat(accepted(results)).containsExactly(false, false, true, false);
    assertThat(stores.written)
        .contains("store 3", "publish 3")
        .doesNotContain("store 2", "hold 2", "hold 4", "publish 4");
  }

  /** What may happen to each event of an array, chosen by its number. */
  @Property(tries = 500)
  void eventIsPublishedExactlyIfNoneOfItsTenantBeforeItIsKnownToHaveFailed(
      @ForAll @Size(min = 1, max = 8) List<Fate> fates, @ForAll @Size(8) List<Boolean> tenants) {
    Stores random = new Stores();
    List<EventDraft> drafts = new ArrayList<>();
    Set<TenantId> failed = new HashSet<>();
    List<Boolean> expected = new ArrayList<>();
    List<String> published = new ArrayList<>();
    for (int i = 0; i < fates.size(); i++) {
      TenantId tenant = tenants.get(i) ? A : B;
      Fate fate = fates.get(i);
      drafts.add(event(tenant, Integer.toString(i)));
      if (fate == Fate.NOT_HELD) {
        random.failures.put("hold " + i, new IllegalStateException("down"));
      } else if (fate == Fate.NOT_PUBLISHED) {
        random.failures.put(
            "publish " + i, new RedisRefusedException("busy", new IllegalStateException()));
      }
      boolean mayFollow = !failed.contains(tenant);
      expected.add(mayFollow && fate == Fate.ACCEPTED);
      if (mayFollow && fate != Fate.NOT_HELD) {
        published.add("publish " + i);
      }
      // Of those in flight together it is not known in time that one was refused.
      if (fate == Fate.NOT_HELD || (fate == Fate.NOT_PUBLISHED && i == 0)) {
        failed.add(tenant);
      }
    }

    Future<List<IngestResult>> results = acceptance(random).accept(drafts, null);

    assertThat(accepted(results.result())).isEqualTo(expected);
    assertThat(random.written.stream().filter(what -> what.startsWith("publish")))
        .containsExactlyElementsOf(published);
  }

  enum Fate {
    ACCEPTED,
    NOT_HELD,
    NOT_PUBLISHED
  }
}
