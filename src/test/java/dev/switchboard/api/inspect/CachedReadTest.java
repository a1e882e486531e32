package dev.switchboard.api.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CachedReadTest {
  private static final Duration KEPT = Duration.ofSeconds(2);

  private final List<Promise<String>> reads = new ArrayList<>();
  private long nanos = 5;
  private final CachedRead<String> cached = new CachedRead<>(this::read, KEPT, () -> nanos);

  private Future<String> read() {
    Promise<String> promise = Promise.promise();
    reads.add(promise);
    return promise.future();
  }

  @Test
  void thoseWhoAskWithinTheTimeShareOneRead() {
    Future<String> first = cached.get();
    Future<String> whileItIsRead = cached.get();
    reads.get(0).complete("one");
    nanos += KEPT.toNanos();
    Future<String> afterwards = cached.get();

    assertThat(reads).hasSize(1);
    assertThat(List.of(first.result(), whileItIsRead.result(), afterwards.result()))
        .containsOnly("one");
  }

  @Test
  void anOlderResultIsReadAgain() {
    Future<String> first = cached.get();
    reads.get(0).complete("one");
    nanos += KEPT.toNanos() + 1;
    Future<String> next = cached.get();
    reads.get(1).complete("two");

    assertThat(first.result()).isEqualTo("one");
    assertThat(next.result()).isEqualTo("two");
  }

  @Test
  void aFailureIsNotKept() {
    Future<String> failing = cached.get();
    reads.get(0).fail("no store");
    Future<String> next = cached.get();
    reads.get(1).complete("two");

    assertThat(failing.failed()).isTrue();
    assertThat(next.result()).isEqualTo("two");
  }
}
