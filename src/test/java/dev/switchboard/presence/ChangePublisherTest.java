package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.PresenceStore.UnsentChanges;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Changes of several users are published at once, those of one user in order. */
class ChangePublisherTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final int AT_ONCE = 32;

  private final List<String> published = new ArrayList<>();
  private final Deque<Promise<Void>> announcements = new ArrayDeque<>();

  private Future<Void> announce(TenantId tenant, PresenceChange change) {
    published.add(change.user() + " " + change.generation());
    Promise<Void> announcement = Promise.promise();
    announcements.add(announcement);
    return announcement.future();
  }

  private static Future<List<PresenceChange>> nothingUnsent(
      TenantId tenant, PresenceChange finished) {
    return Future.succeededFuture(List.of());
  }

  private static PresenceChange change(String user, long generation) {
    return new PresenceChange(new UserId(user), generation, true, "-");
  }

  private static List<UnsentChanges> users(int count) {
    return IntStream.range(0, count)
        .mapToObj(number -> "u" + number)
        .map(user -> new UnsentChanges(new UserId(user), List.of(change(user, 1))))
        .toList();
  }

  @Test
  void everyOfManyFailingChangesIsTried() {
    ChangePublisher publisher =
        new ChangePublisher(
            ChangePublisherTest::nothingUnsent,
            (tenant, change) -> {
              published.add(change.user().value());
              return Future.failedFuture("no connection");
            });

    publisher.publish(TENANT, users(10_000));

    assertThat(published).hasSize(10_000).doesNotHaveDuplicates();
  }

  @Test
  void exceptionInOneChangeStopsNoOther() {
    ChangePublisher publisher =
        new ChangePublisher(
            ChangePublisherTest::nothingUnsent,
            (tenant, change) -> {
              published.add(change.user().value());
              throw new IllegalStateException("thrown");
            });

    publisher.publish(TENANT, users(AT_ONCE + 1));
    publisher.publish(TENANT, users(1));

    assertThat(published).hasSize(AT_ONCE + 2);
  }

  @Test
  void endOfOneChangeStartsTheNext() {
    ChangePublisher publisher =
        new ChangePublisher(ChangePublisherTest::nothingUnsent, this::announce);
    publisher.publish(TENANT, users(AT_ONCE + 2));
    assertThat(published).hasSize(AT_ONCE);

    announcements.remove().complete();
    announcements.remove().fail("Redis is out of reach");

    assertThat(published).hasSize(AT_ONCE + 2);
  }

  @Test
  void nextChangeOfAUserFollowsThePublishedOne() {
    PresenceChange second = change("7", 2);
    ChangePublisher publisher =
        new ChangePublisher(
            (tenant, finished) ->
                Future.succeededFuture(finished.generation() == 1 ? List.of(second) : List.of()),
            this::announce);
    List<UnsentChanges> unsent =
        List.of(new UnsentChanges(new UserId("7"), List.of(change("7", 1), second)));
    publisher.publish(TENANT, unsent);
    publisher.publish(TENANT, unsent);
    assertThat(published).containsExactly("7 1");

    announcements.remove().complete();

    assertThat(published).containsExactly("7 1", "7 2");
  }
}
