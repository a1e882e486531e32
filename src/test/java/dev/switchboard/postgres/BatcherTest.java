package dev.switchboard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many items in one statement, each with its own result. */
class BatcherTest {
  private final List<List<Integer>> statements = new ArrayList<>();
  private final Deque<Promise<List<String>>> answers = new ArrayDeque<>();
  private final Deque<Promise<Void>> delays = new ArrayDeque<>();

  private Future<Void> delay() {
    Promise<Void> promise = Promise.promise();
    delays.add(promise);
    return promise.future();
  }

  private Batcher<Integer, String> batcher(int maxItems, int maxWaiting) {
    return new Batcher<>(this::statement, maxItems, maxWaiting, this::delay);
  }

  private Future<List<String>> statement(List<Integer> items) {
    statements.add(items);
    Promise<List<String>> answer = Promise.promise();
    answers.add(answer);
    return answer.future();
  }

  @Test
  void singleItemIsSentAtOnce() {
    Batcher<Integer, String> batcher = batcher(10, 100);

    Future<String> result = batcher.add(7);
    assertThat(statements).containsExactly(List.of(7));
    answers.remove().complete(List.of("seven"));

    assertThat(result.result()).isEqualTo("seven");
  }

  @Test
  void itemsAddedDuringAStatementAreSentTogether() {
    Batcher<Integer, String> batcher = batcher(3, 100);
    List<Future<String>> results = IntStream.range(0, 6).mapToObj(batcher::add).toList();

    answers.remove().complete(List.of("0"));
    answers.remove().complete(List.of("1", "2", "3"));
    answers.remove().complete(List.of("4", "5"));

    assertThat(statements).containsExactly(List.of(0), List.of(1, 2, 3), List.of(4, 5));
    assertThat(results).extracting(Future::result).containsExactly("0", "1", "2", "3", "4", "5");
    assertThat(batcher.drained().isComplete()).isTrue();
  }

  @Test
  void statementsInFlightAreLimited() {
    Batcher<Integer, String> batcher = batcher(1, 100);

    List<Future<String>> results = IntStream.range(0, 5).mapToObj(batcher::add).toList();

    assertThat(results).hasSize(5);
    assertThat(statements).hasSize(2);
  }

  @Test
  void fullStatementGoesBesideTheOneInFlight() {
    Batcher<Integer, String> batcher = batcher(3, 100);

    List<Future<String>> results = IntStream.range(0, 4).mapToObj(batcher::add).toList();

    assertThat(results).hasSize(4);
    assertThat(statements).containsExactly(List.of(0), List.of(1, 2, 3));
  }

  @Test
  void itemsWaitForALimitedTime() {
    Batcher<Integer, String> batcher = batcher(10, 100);
    List<Future<String>> results = IntStream.range(0, 3).mapToObj(batcher::add).toList();

    delays.remove().complete();
    assertThat(statements).containsExactly(List.of(0), List.of(1, 2));
    answers.removeLast().complete(List.of("1", "2"));

    assertThat(results).extracting(Future::isComplete).containsExactly(false, true, true);
  }

  @Test
  void endOfAStatementBeginsTheTimeAnew() {
    Batcher<Integer, String> batcher = batcher(10, 100);
    List<Future<String>> first = IntStream.range(0, 2).mapToObj(batcher::add).toList();
    answers.remove().complete(List.of("0"));
    Future<String> next = batcher.add(2);

    delays.remove().complete();
    assertThat(statements).containsExactly(List.of(0), List.of(1));
    delays.remove().complete();

    assertThat(statements).containsExactly(List.of(0), List.of(1), List.of(2));
    assertThat(first.get(0).isComplete()).isTrue();
    assertThat(next.isComplete()).isFalse();
  }

  @Test
  void itemBeyondTheLimitFailsAtOnce() {
    Batcher<Integer, String> batcher = batcher(1, 2);
    List<Future<String>> taken = IntStream.range(0, 4).mapToObj(batcher::add).toList();

    Future<String> refused = batcher.add(4);

    assertThat(refused.failed()).isTrue();
    assertThat(taken).noneMatch(Future::isComplete);
  }

  @Test
  void badItemFailsAlone() {
    Batcher<Integer, String> batcher = batcher(10, 100);
    List<Future<String>> results = IntStream.range(0, 5).mapToObj(batcher::add).toList();
    answers.remove().complete(List.of("ok 0"));
    answers.remove().fail(new IllegalStateException("bad"));
    for (int i = 1; i < 5; i++) {
      if (i == 2) {
        answers.remove().fail(new IllegalStateException("bad alone"));
      } else {
        answers.remove().complete(List.of("ok " + i));
      }
    }

    assertThat(batcher.drained().isComplete()).isTrue();
    assertThat(results.get(2).cause()).hasMessage("bad alone");
    assertThat(results.stream().filter(Future::succeeded)).hasSize(4);
  }

  @Test
  void batchThatDidNotReachPostgresIsNotRepeated() {
    Batcher<Integer, String> batcher = batcher(10, 100);
    List<Future<String>> results = IntStream.range(0, 4).mapToObj(batcher::add).toList();
    answers.remove().complete(List.of("ok 0"));

    answers.remove().fail(new TimeoutException("no answer"));

    assertThat(statements).hasSize(2);
    assertThat(results.subList(1, 4)).allMatch(Future::failed);
    assertThat(batcher.drained().isComplete()).isTrue();
  }

  @Test
  void statementThatThrowsFailsItsItemsAndBlocksNothing() {
    Batcher<Integer, String> batcher =
        new Batcher<>(
            items -> {
              if (items.contains(1)) {
                throw new IllegalStateException("thrown");
              }
              return Future.succeededFuture(List.of("ok"));
            },
            10,
            100,
            this::delay);

    assertThat(batcher.add(1).cause()).hasMessage("thrown");
    assertThat(batcher.add(2).result()).isEqualTo("ok");
    assertThat(batcher.drained().isComplete()).isTrue();
  }

  @Test
  void tooFewResultsFailTheItemsInsteadOfLeavingThemWaiting() {
    Batcher<Integer, String> batcher =
        new Batcher<>(items -> Future.succeededFuture(List.of()), 10, 100, this::delay);

    Future<String> result = batcher.add(1);

    assertThat(result.failed()).isTrue();
    assertThat(batcher.drained().isComplete()).isTrue();
  }

  @Test
  void drainedWaitsForStatementsInFlight() {
    Batcher<Integer, String> batcher = batcher(10, 100);
    Future<String> first = batcher.add(1);
    Future<String> second = batcher.add(2);

    Future<Void> drained = batcher.drained();
    answers.remove().complete(List.of("1"));
    assertThat(drained.isComplete()).isFalse();
    answers.remove().complete(List.of("2"));

    assertThat(drained.isComplete()).isTrue();
    assertThat(first.result() + second.result()).isEqualTo("12");
  }
}
