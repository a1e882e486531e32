package dev.switchboard.postgres;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what comes while earlier statements are under way, so that load makes statements
 * larger instead of more: alone, an item goes at once; under load, a statement carries many.
 *
 * <p>A batch that Postgres refused is repeated item by item, so that one bad item harms no other;
 * one that did not reach it is not, because each item would wait in vain for as long. Belongs to
 * one event loop.
 */
public final class Batcher<T, R> {
  private final Function<List<T>, Future<List<R>>> statement;
  private final int maxItems;
  private final int maxUnderWay;
  private final int maxWaiting;
  private final List<Waiting<T, R>> waiting = new ArrayList<>();
  private int underWay;
  private @Nullable Promise<Void> drained;

  private record Waiting<T, R>(T item, Promise<R> promise) {}

  /** {@code statement} answers one result per item, in their order. */
  public Batcher(
      Function<List<T>, Future<List<R>>> statement, int maxItems, int maxUnderWay, int maxWaiting) {
    this.statement = statement;
    this.maxItems = maxItems;
    this.maxUnderWay = maxUnderWay;
    this.maxWaiting = maxWaiting;
  }

  /** Adds an item; fails at once if too many wait. */
  public Future<R> add(T item) {
    if (waiting.size() >= maxWaiting) {
      return Future.failedFuture(
          new IllegalStateException(maxWaiting + " items wait for Postgres already"));
    }
    Promise<R> promise = Promise.promise();
    waiting.add(new Waiting<>(item, promise));
    flush();
    return promise.future();
  }

  /** Completes when nothing is under way or waiting. */
  public Future<Void> drained() {
    if (underWay == 0 && waiting.isEmpty()) {
      return Future.succeededFuture();
    }
    if (drained == null) {
      drained = Promise.promise();
    }
    return drained.future();
  }

  private void flush() {
    while (underWay < maxUnderWay && !waiting.isEmpty()) {
      List<Waiting<T, R>> head = waiting.subList(0, Math.min(maxItems, waiting.size()));
      List<Waiting<T, R>> batch = List.copyOf(head);
      head.clear();
      underWay++;
      run(batch)
          .onComplete(
              done -> {
                underWay--;
                flush();
                tellDrained();
              });
    }
  }

  private void tellDrained() {
    if (drained != null && underWay == 0 && waiting.isEmpty()) {
      drained.tryComplete();
      drained = null;
    }
  }

  private Future<?> run(List<Waiting<T, R>> batch) {
    return answer(batch.stream().map(Waiting::item).toList())
        .onSuccess(
            results -> {
              for (int i = 0; i < batch.size(); i++) {
                batch.get(i).promise().complete(results.get(i));
              }
            })
        .recover(failure -> oneByOne(batch, failure));
  }

  /** One result per item, or a failure; a statement that throws has failed. */
  private Future<List<R>> answer(List<T> items) {
    return Future.succeededFuture(items)
        .compose(statement)
        .compose(
            results ->
                results.size() == items.size()
                    ? Future.succeededFuture(results)
                    : Future.failedFuture(
                        new IllegalStateException(
                            results.size() + " results for " + items.size() + " items")));
  }

  private Future<List<R>> oneByOne(List<Waiting<T, R>> batch, Throwable failure) {
    if (batch.size() == 1 || Database.isOutOfReach(failure)) {
      batch.forEach(waiting -> waiting.promise().fail(failure));
      return Future.succeededFuture(List.of());
    }
    Future<List<R>> chain = Future.succeededFuture(List.of());
    for (Waiting<T, R> single : batch) {
      chain =
          chain.compose(
              done ->
                  answer(List.of(single.item()))
                      .onSuccess(results -> single.promise().complete(results.get(0)))
                      .recover(
                          again -> {
                            single.promise().fail(again);
                            return Future.succeededFuture(List.of());
                          }));
    }
    return chain;
  }
}
