package dev.switchboard.api.inspect;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Problem;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.auth.Principal;
import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.inspection.NodeAnswer;
import dev.switchboard.bus.inspection.NodeQuestion;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.NodeCounts;
import dev.switchboard.redis.nodes.NodeQuestions;
import dev.switchboard.time.KeyedLimit;
import dev.switchboard.time.Ticker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Asks all nodes and collects their answers, a limited number of questions at a time. Belongs to
 * one event loop.
 */
public final class ClusterQuestions {
  /** How long nodes have to answer. */
  static final Duration WAIT = Duration.ofSeconds(2);

  private static final int MAX_PENDING = 64;
  private static final int MAX_PER_MINUTE = 60;
  private static final int MAX_NODES = 1_000;

  private final Vertx vertx;
  private final String node;
  private final NodeQuestions questions;
  private final NodeCounts nodes;
  private final Map<String, Pending> pending = new HashMap<>();
  private final KeyedLimit limit = new KeyedLimit(MAX_PER_MINUTE, Ticker.SYSTEM);

  /** Asks in the name of {@code node}; made on the event loop it belongs to. */
  public ClusterQuestions(Vertx vertx, String node, NodeQuestions questions, NodeCounts nodes) {
    this.vertx = vertx;
    this.node = node;
    this.questions = questions;
    this.nodes = nodes;
    Addresses.NODE_ANSWER.consume(vertx, this::answered);
  }

  /**
   * What the nodes answered in time.
   *
   * @param silent names of the nodes that did not
   */
  record Answers(List<NodeAnswer> given, List<String> silent) {}

  /** Makes a question. */
  interface Question {
    NodeQuestion of(String id, String askedBy);
  }

  private static final class Pending {
    private final Set<String> expected;
    private final Map<String, NodeAnswer> given = new TreeMap<>();
    private final Promise<Answers> answers = Promise.promise();

    Pending(Set<String> expected) {
      this.expected = expected;
    }

    Answers soFar() {
      List<String> silent = new ArrayList<>(expected);
      silent.removeAll(given.keySet());
      return new Answers(List.copyOf(given.values()), silent);
    }
  }

  /**
   * Asks for a caller; succeeds when all nodes have answered, or when the time is over. Fails with
   * {@link ProblemException} if there are too many questions.
   */
  Future<Answers> ask(Principal caller, Question question) {
    TenantId tenant = Access.ownTenant(caller);
    int seconds = tenant == null ? 0 : limit.secondsUntilAllowed(tenant);
    if (seconds > 0) {
      return Future.failedFuture(
          new ProblemException(
              Problem.later(
                  Problem.Kind.TOO_MANY_REQUESTS,
                  "callers of one tenant may ask all nodes " + MAX_PER_MINUTE + " times a minute",
                  seconds)));
    }
    return pending.size() < MAX_PENDING
        ? ask(question)
        : Future.failedFuture(
            ProblemException.unavailable(
                "too many questions to other nodes wait for their answers"));
  }

  private Future<Answers> ask(Question question) {
    String id = UUID.randomUUID().toString();
    Pending asked = new Pending(new TreeSet<>(Set.of(node)));
    pending.put(id, asked);
    return nodes
        .present()
        .onSuccess(asked.expected::addAll)
        .compose(present -> questions.ask(question.of(id, node)))
        .compose(sent -> answersInTime(id, asked))
        .onComplete(done -> pending.remove(id));
  }

  private Future<Answers> answersInTime(String id, Pending asked) {
    long unused = vertx.setTimer(WAIT.toMillis(), over -> end(id));
    return asked.answers.future();
  }

  private void answered(NodeAnswer answer) {
    Pending asked = pending.get(answer.question());
    if (asked == null || asked.given.size() >= MAX_NODES) {
      return;
    }
    asked.given.put(answer.node(), answer);
    if (asked.given.keySet().containsAll(asked.expected)) {
      end(answer.question());
    }
  }

  private void end(String id) {
    @Nullable Pending asked = pending.get(id);
    if (asked != null) {
      boolean unused = asked.answers.tryComplete(asked.soFar());
    }
  }
}
