package dev.switchboard.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.redis.Reply;
import dev.switchboard.redis.connection.ReplicaBarrier.Terms;
import dev.switchboard.support.ManualLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Writes that wait for a replica. */
class ReplicaBarrierTest {
  private final ManualLoop loop = new ManualLoop();
  private final List<String> sent = new ArrayList<>();
  private final List<Promise<Reply>> answers = new ArrayList<>();
  private final ReplicaBarrier barrier =
      new ReplicaBarrier(
          new ReplicaBarrier.Sender() {
            @Override
            public Future<Reply> send(String command, List<?> arguments) {
              Promise<Reply> answer = Promise.promise();
              sent.add(command);
              answers.add(answer);
              return answer.future();
            }

            @Override
            public void close() {}
          },
          new Terms(1, Duration.ofSeconds(1)),
          loop);

  private Future<String> write(String name) {
    return barrier.after(Future.succeededFuture(name), "key");
  }

  @Test
  void markAndWaitAreSentTogether() {
    Future<String> write = write("a");

    assertThat(sent).containsExactly("set", "wait");
    assertThat(write.isComplete()).isFalse();
  }

  @Test
  void writesThatFollowShareTheNextWait() {
    Future<String> first = write("a");
    Future<String> second = write("b");
    Future<String> third = write("c");

    List.copyOf(answers).forEach(answer -> answer.fail("no replica"));

    assertThat(first.result()).isEqualTo("a");
    assertThat(sent).containsExactly("set", "wait", "set", "wait");
    assertThat(second.isComplete()).isFalse();
    List.copyOf(answers).forEach(answer -> answer.tryFail("no replica"));
    assertThat(second.result()).isEqualTo("b");
    assertThat(third.result()).isEqualTo("c");
  }

  @Test
  void noWriteWaitsForMoreThanItsOwnTime() {
    Future<String> first = write("a");
    Future<String> second = write("b");

    assertThat(loop.alarms()).containsExactly(1_000L, 1_000L);
    assertThat(loop.ring(1_000)).isTrue();

    assertThat(first.result()).isEqualTo("a");
    assertThat(second.result()).isEqualTo("b");
    assertThat(loop.alarms()).isEmpty();
  }
}
