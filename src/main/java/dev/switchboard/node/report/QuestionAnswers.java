package dev.switchboard.node.report;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.inspection.NodeAnswer;
import dev.switchboard.bus.inspection.NodeQuestion;
import dev.switchboard.bus.inspection.RecentRefusals;
import dev.switchboard.bus.inspection.Refusal;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.Reason;
import dev.switchboard.redis.nodes.NodeQuestions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the questions of other nodes and of this one, a limited number at a time. Belongs to the
 * event loop that starts it.
 */
public final class QuestionAnswers {
  /** Maximum sessions in one answer. */
  public static final int MAX_SESSIONS = 50;

  private static final Logger log = LoggerFactory.getLogger(QuestionAnswers.class);
  private static final int MAX_IN_FLIGHT = 32;

  /** Shorter than those who ask wait, so that a loop that hangs does not silence the node. */
  private static final long LOOP_MILLIS = 1_500;

  private final Vertx vertx;
  private final String node;
  private final NodeQuestions questions;
  private final Sources sources;
  private @Nullable MessageConsumer<NodeQuestion> consumer;
  private int inFlight;

  /**
   * Where the answers come from.
   *
   * @param sessions asks each event loop for its sessions of a user
   */
  public record Sources(
      Function<NodeQuestion.SessionsOfUser, List<Supplier<Future<List<JsonObject>>>>> sessions,
      RecentRefusals refusals) {}

  /** Answers in the name of {@code node}. */
  public QuestionAnswers(Vertx vertx, String node, NodeQuestions questions, Sources sources) {
    this.vertx = vertx;
    this.node = node;
    this.questions = questions;
    this.sources = sources;
  }

  /** Begins to answer. */
  public void start() {
    consumer = Addresses.NODE_QUESTION.consume(vertx, this::asked);
  }

  /** Answers no more. */
  public Future<Void> stop() {
    return consumer == null ? Future.succeededFuture() : consumer.unregister();
  }

  private void asked(NodeQuestion question) {
    if (inFlight >= MAX_IN_FLIGHT) {
      return;
    }
    inFlight++;
    answer(question)
        .compose(answer -> questions.answer(question.askedBy(), answer))
        .onComplete(done -> inFlight--)
        .onFailure(
            failure ->
                log.atDebug()
                    .addKeyValue("reason", Reason.of(failure))
                    .log("A node's question could not be answered"));
  }

  private Future<NodeAnswer> answer(NodeQuestion question) {
    if (question instanceof NodeQuestion.SessionsOfUser sessions) {
      return sessions(sessions);
    }
    List<JsonObject> items =
        question instanceof NodeQuestion.Refusals refusals
            ? sources.refusals().of(refusals.tenant()).stream().map(this::toJson).toList()
            : List.of();
    return Future.succeededFuture(new NodeAnswer(question.id(), node, items, false));
  }

  private Future<NodeAnswer> sessions(NodeQuestion.SessionsOfUser question) {
    List<Future<List<JsonObject>>> parts = new ArrayList<>();
    for (Supplier<Future<List<JsonObject>>> loop : sources.sessions().apply(question)) {
      parts.add(here(loop.get()));
    }
    return Future.join(parts).otherwiseEmpty().map(done -> answer(question, parts));
  }

  /** The result of another event loop on this one; fails if it does not come in time. */
  private <T> Future<T> here(Future<T> elsewhere) {
    Promise<T> here = Promise.promise();
    Context own = vertx.getOrCreateContext();
    long timer =
        vertx.setTimer(
            LOOP_MILLIS, late -> here.tryFail(new IllegalStateException("no answer in time")));
    elsewhere.onComplete(
        done ->
            own.runOnContext(
                now -> {
                  vertx.cancelTimer(timer);
                  if (done.succeeded()) {
                    boolean unused = here.tryComplete(done.result());
                  } else {
                    boolean unused = here.tryFail(done.cause());
                  }
                }));
    return here.future();
  }

  private NodeAnswer answer(NodeQuestion question, List<Future<List<JsonObject>>> parts) {
    List<JsonObject> sessions = new ArrayList<>();
    boolean whole = true;
    for (Future<List<JsonObject>> part : parts) {
      whole &= part.succeeded();
      if (part.succeeded()) {
        sessions.addAll(part.result());
      }
    }
    boolean tooMany = sessions.size() > MAX_SESSIONS;
    return new NodeAnswer(
        question.id(),
        node,
        tooMany ? sessions.subList(0, MAX_SESSIONS) : sessions,
        tooMany || !whole);
  }

  private JsonObject toJson(RecentRefusals.Entry entry) {
    Refusal refusal = entry.last();
    JsonObject json =
        new JsonObject()
            .put("at", Envelope.formatTimestamp(refusal.at()))
            .put("node", node)
            .put("where", refusal.where().wireName())
            .put("reason", refusal.reason());
    if (refusal.outcome() instanceof Refusal.Status status) {
      json.put("status", status.value()).putNull("code");
    } else if (refusal.outcome() instanceof Refusal.CloseCode code) {
      json.putNull("status").put("code", code.value());
    }
    return json.put("tenant", refusal.tenant() == null ? null : refusal.tenant().value())
        .put("address", refusal.address())
        .put("detail", refusal.detail())
        .put("count", entry.count())
        .put("first_at", Envelope.formatTimestamp(entry.first()));
  }
}
