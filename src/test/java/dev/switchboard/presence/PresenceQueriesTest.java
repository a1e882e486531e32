package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Queries of a tenant are sent in turn and in parts, and a limited number may wait. */
class PresenceQueriesTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final TenantId OTHER = new TenantId("other");

  private final List<String> asked = new ArrayList<>();
  private final Deque<Runnable> answers = new ArrayDeque<>();
  private final PresenceQueries queries = new PresenceQueries(this::read);

  private Future<List<UserPresence>> read(TenantId tenant, List<UserId> users) {
    asked.add(tenant + " " + users.size());
    Promise<List<UserPresence>> answer = Promise.promise();
    answers.add(
        () ->
            answer.complete(
                users.stream()
                    .map(user -> new UserPresence(user, true, 1, List.of(), null))
                    .toList()));
    return answer.future();
  }

  private static List<UserId> users(int count) {
    return IntStream.range(0, count).mapToObj(number -> new UserId("u" + number)).toList();
  }

  @Test
  void largeQueryIsSentInPartsAndAnsweredInOrder() {
    Future<List<UserPresence>> answer = queries.ask(TENANT, users(250));

    while (!answers.isEmpty()) {
      answers.remove().run();
    }

    assertThat(asked).containsExactly("t 100", "t 100", "t 50");
    assertThat(answer.result().stream().map(UserPresence::user)).isEqualTo(users(250));
  }

  @Test
  void queriesWaitOnlyForThoseOfTheSameTenant() {
    Future<List<UserPresence>> first = queries.ask(TENANT, users(1));
    Future<List<UserPresence>> second = queries.ask(TENANT, users(2));
    Future<List<UserPresence>> other = queries.ask(OTHER, users(3));
    assertThat(asked).containsExactly("t 1", "other 3");

    answers.remove().run();

    assertThat(first.isComplete()).isTrue();
    assertThat(second.isComplete()).isFalse();
    assertThat(other.isComplete()).isFalse();
    assertThat(asked).containsExactly("t 1", "other 3", "t 2");
  }

  @Test
  void queriesBeyondTheLimitAreRefusedUntilSomeAreAnswered() {
    for (int i = 0; i < 100; i++) {
      assertThat(queries.ask(TENANT, users(1_000)).isComplete()).isFalse();
    }

    assertThat(queries.ask(TENANT, users(1)).failed()).isTrue();
    assertThat(queries.ask(OTHER, users(1)).isComplete()).isFalse();
    Runnable ofOther = answers.removeLast();
    for (int part = 0; part < 10; part++) {
      answers.remove().run();
    }
    assertThat(queries.ask(TENANT, users(1)).isComplete()).isFalse();
    ofOther.run();
  }

  /** In an outage of Redis waiting queries fail one after the other, without recursion. */
  @Test
  void everyOfManyFailingQueriesIsAnswered() {
    Promise<List<UserPresence>> first = Promise.promise();
    Deque<Future<List<UserPresence>>> reads = new ArrayDeque<>(List.of(first.future()));
    Future<List<UserPresence>> away = Future.failedFuture("Redis is out of reach");
    PresenceQueries failing =
        new PresenceQueries((tenant, users) -> reads.isEmpty() ? away : reads.remove());
    List<Future<List<UserPresence>>> all = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      all.add(failing.ask(TENANT, users(1)));
    }

    first.fail("Redis is out of reach");

    assertThat(all).allMatch(Future::failed);
  }
}
