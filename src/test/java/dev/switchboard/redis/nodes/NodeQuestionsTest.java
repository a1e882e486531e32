package dev.switchboard.redis.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.inspection.NodeAnswer;
import dev.switchboard.bus.inspection.NodeQuestion;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import dev.switchboard.redis.WebhookSignals;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions and answers survive the way over Redis, and older nodes pass questions over. */
class NodeQuestionsTest {
  private final List<String> channels = new ArrayList<>();
  private final List<String> sent = new ArrayList<>();
  private final NodeQuestions questions = new NodeQuestions(recording(), new Keys("callcenter"));

  @Test
  void questionsArriveAsTheyWereAsked() {
    for (NodeQuestion question :
        List.of(
            new NodeQuestion.SessionsOfUser("q", "node-1", new TenantId("t"), new UserId("u|1")),
            new NodeQuestion.Refusals("q", "node-1", new TenantId("t")),
            new NodeQuestion.Refusals("q", "node-1", null))) {
      sent.clear();

      Future<?> unused = questions.ask(question);

      assertThat(NodeQuestions.parseQuestion(bytes(sent.get(0)))).isEqualTo(question);
    }
    assertThat(channels).containsOnly("switchboard:control");
  }

  @Test
  void answersArriveAsTheyWereGiven() {
    NodeAnswer answer =
        new NodeAnswer("q", "node-2", List.of(new JsonObject().put("id", "s")), true);

    Future<?> unused = questions.answer("node-1", answer);

    assertThat(NodeQuestions.parseAnswer(bytes(sent.get(0)))).isEqualTo(answer);
    assertThat(channels).containsExactly("switchboard:answers:node-1");
  }

  @Test
  void questionIsNoCommandAndNoHint() {
    Future<?> unused =
        questions.ask(
            new NodeQuestion.SessionsOfUser("q", "n", new TenantId("t"), new UserId("u")));

    assertThat(ControlChannel.parse(bytes(sent.get(0)))).isNull();
    assertThat(WebhookSignals.parse(bytes(sent.get(0)))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"kind\":\"question\",\"id\":\"q\",\"node\":\"n\",\"about\":\"weather\"}",
        "{\"kind\":\"question\",\"id\":\"q\",\"about\":\"refusals\"}",
        "{\"kind\":\"question\",\"id\":\"q\",\"node\":\"n\",\"about\":\"sessions\"}",
        "{\"kind\":\"question\",\"id\":\"q\",\"node\":\"n\",\"about\":null}",
        "{\"kind\":\"question\",\"id\":\"q\",\"node\":\"n\",\"about\":\"sessions\",\"tenant_id\":null}",
        "{\"kind\":\"disconnect\",\"tenant_id\":\"t\",\"user_id\":\"u\",\"at\":1}"
      })
  void otherMessagesAreNoQuestions(String message) {
    assertThat(NodeQuestions.parseQuestion(bytes(message))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"question\":\"q\"}",
        "{\"question\":\"q\",\"node\":\"n\",\"items\":[1]}",
        "{\"question\":\"q\",\"node\":\"n\",\"items\":[null]}",
        "{\"question\":\"q\",\"node\":\"n\",\"items\":{}}"
      })
  void otherMessagesAreNoAnswers(String message) {
    assertThat(NodeQuestions.parseAnswer(bytes(message))).isNull();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private RedisCommands recording() {
    return new RedisCommands() {
      @Override
      public Future<Reply> send(String command, List<?> arguments) {
        channels.add((String) arguments.get(0));
        sent.add((String) arguments.get(1));
        return Future.failedFuture("nobody listens");
      }

      @Override
      public <T> Future<T> replicated(String key, Future<T> write) {
        return write;
      }

      @Override
      public Future<Integer> publishEverywhere(String channel, String message) {
        return Future.succeededFuture(0);
      }

      @Override
      public Future<Void> close() {
        return Future.succeededFuture();
      }
    };
  }
}
