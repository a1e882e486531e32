package dev.switchboard.postgres;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Combines items into one statement while an earlier statement is in flight, so that load makes
 * statements larger instead of more numerous: a single item is sent at once, under load a statement
 * carries many. A statement costs Postgres as much as some ten of its rows, so a second one goes
 * beside the first only if it is full, or if items have waited long, such as for a lock that the
 * first waits for.
 *
 * <p>A batch that Postgres refused is repeated item by item, so that a bad item fails alone. A
 * batch that did not reach Postgres is not, because each item would wait for the same timeout.
 * Belongs to one event loop.
 */
public final class Batcher<T, R> {
  private static final int MAX_IN_FLIGHT = 2;

  /** How long items wait for the end of a statement before they get one of their own. */
  private static final long MAX_DELAY_MILLIS = 20;

  private final Function<List<T>, Future<List<R>>> statement;
  private final int maxItems;
  private final int maxWaiting;
  private final Supplier<? extends Future<?>> delay;
  private final List<Waiting<T, R>> waiting = new ArrayList<>();
  private int inFlight;
  private long ended;
  private boolean delayLimited;
  private @Nullable Promise<Void> drained;

  private record Waiting<T, R>(T item, Promise<R> promise) {}

  /**
   * Creates a batcher.
   *
   * @param statement returns one result per item, in their order
   * @param maxItems maximum items in one statement
   * @param maxWaiting maximum items that wait for a statement
   */
  public Batcher(
      Vertx vertx, Function<List<T>, Future<List<R>>> statement, int maxItems, int maxWaiting) {
    this(statement, maxItems, maxWaiting, () -> vertx.timer(MAX_DELAY_MILLIS));
  }

  /**
   * Creates a batcher.
   *
   * @param delay makes a future that completes when items have waited long enough for the end of a
   *     statement
   */
  Batcher(
      Function<List<T>, Future<List<R>>> statement,
      int maxItems,
      int maxWaiting,
      Supplier<? extends Future<?>> delay) {
    this.statement = statement;
    this.maxItems = maxItems;
    this.maxWaiting = maxWaiting;
    this.delay = delay;
  }

  /** Adds an item and returns its result; fails at once if too many items wait. */
  public Future<R> add(T item) {
    if (waiting.size() >= maxWaiting) {
      return Future.failedFuture(
          new IllegalStateException(maxWaiting + " items are already waiting for Postgres"));
    }
    Promise<R> promise = Promise.promise();
    waiting.add(new Waiting<>(item, promise));
    flush();
    return promise.future();
  }

  /** Completes when nothing is in flight or waiting. */
  public Future<Void> drained() {
    if (inFlight == 0 && waiting.isEmpty()) {
      return Future.succeededFuture();
    }
    if (drained == null) {
      drained = Promise.promise();
    }
    return drained.future();
  }

  private void flush() {
    while (inFlight == 0 ? !waiting.isEmpty() : hasRoom() && waiting.size() >= maxItems) {
      send();
    }
    limitDelay();
  }

  private boolean hasRoom() {
    return inFlight < MAX_IN_FLIGHT;
  }

  private void send() {
    List<Waiting<T, R>> head = waiting.subList(0, Math.min(maxItems, waiting.size()));
    List<Waiting<T, R>> batch = List.copyOf(head);
    head.clear();
    inFlight++;
    run(batch)
        .onComplete(
            done -> {
              inFlight--;
              ended++;
              flush();
              completeDrained();
            });
  }

  /** Starts another statement if none of those in flight ends in time. */
  private void limitDelay() {
    if (delayLimited || waiting.isEmpty() || !hasRoom()) {
      return;
    }
    delayLimited = true;
    long endedBefore = ended;
    delay
        .get()
        .onComplete(
            over -> {
              delayLimited = false;
              if (ended == endedBefore && !waiting.isEmpty() && hasRoom()) {
                send();
              }
              flush();
            });
  }

  private void completeDrained() {
    if (drained != null && inFlight == 0 && waiting.isEmpty()) {
      drained.tryComplete();
      drained = null;
    }
  }

  private Future<?> run(List<Waiting<T, R>> batch) {
    return execute(batch.stream().map(Waiting::item).toList())
        .onSuccess(
            results -> {
              for (int i = 0; i < batch.size(); i++) {
                batch.get(i).promise().complete(results.get(i));
              }
            })
        .recover(failure -> oneByOne(batch, failure));
  }

  /** Returns one result per item; a statement that throws counts as failed. */
  private Future<List<R>> execute(List<T> items) {
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
    if (batch.size() == 1 || Database.isUnreachable(failure)) {
      batch.forEach(waiting -> waiting.promise().fail(failure));
      return Future.succeededFuture(List.of());
    }
    Future<List<R>> chain = Future.succeededFuture(List.of());
    for (Waiting<T, R> single : batch) {
      chain =
          chain.compose(
              done ->
                  execute(List.of(single.item()))
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
