package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.PresenceStore.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Changes are told side by side, each user's in turn, whatever becomes of them. */
class ChangePublisherTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final int AT_ONCE = 32;

  private final List<String> told = new ArrayList<>();
  private final Deque<Promise<Void>> announcements = new ArrayDeque<>();

  private Future<Void> announce(TenantId tenant, PresenceChange change) {
    told.add(change.user() + " " + change.generation());
    Promise<Void> announcement = Promise.promise();
    announcements.add(announcement);
    return announcement.future();
  }

  private static Future<List<PresenceChange>> nothingWaits(
      TenantId tenant, PresenceChange finished) {
    return Future.succeededFuture(List.of());
  }

  private static PresenceChange change(String user, long generation) {
    return new PresenceChange(new UserId(user), generation, true, "-");
  }

  private static List<Waiting> users(int count) {
    return IntStream.range(0, count)
        .mapToObj(number -> "u" + number)
        .map(user -> new Waiting(new UserId(user), List.of(change(user, 1))))
        .toList();
  }

  @Test
  void manyWhoCannotBeToldAtOnceAreAllTried() {
    ChangePublisher driver =
        new ChangePublisher(
            ChangePublisherTest::nothingWaits,
            (tenant, change) -> {
              told.add(change.user().value());
              return Future.failedFuture("no connection");
            });

    driver.drive(TENANT, users(10_000));

    assertThat(told).hasSize(10_000).doesNotHaveDuplicates();
  }

  @Test
  void aMistakeInOneStopsNoOther() {
    ChangePublisher driver =
        new ChangePublisher(
            ChangePublisherTest::nothingWaits,
            (tenant, change) -> {
              told.add(change.user().value());
              throw new IllegalStateException("a mistake");
            });

    driver.drive(TENANT, users(AT_ONCE + 1));
    driver.drive(TENANT, users(1));

    assertThat(told).hasSize(AT_ONCE + 2);
  }

  @Test
  void oneEndedLetsTheNextBegin() {
    ChangePublisher driver = new ChangePublisher(ChangePublisherTest::nothingWaits, this::announce);
    driver.drive(TENANT, users(AT_ONCE + 2));
    assertThat(told).hasSize(AT_ONCE);

    announcements.remove().complete();
    announcements.remove().fail("Redis is out of reach");

    assertThat(told).hasSize(AT_ONCE + 2);
  }

  @Test
  void aUsersNextChangeIsToldWhenTheOneBeforeIs() {
    PresenceChange second = change("7", 2);
    ChangePublisher driver =
        new ChangePublisher(
            (tenant, finished) ->
                Future.succeededFuture(finished.generation() == 1 ? List.of(second) : List.of()),
            this::announce);
    List<Waiting> waiting = List.of(new Waiting(new UserId("7"), List.of(change("7", 1), second)));
    driver.drive(TENANT, waiting);
    driver.drive(TENANT, waiting);
    assertThat(told).containsExactly("7 1");

    announcements.remove().complete();

    assertThat(told).containsExactly("7 1", "7 2");
  }
}
