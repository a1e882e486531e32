package dev.switchboard.webhooks;

import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A producer that repeats what was not accepted, with the same event ids, at whichever node
 * answers: what it counts as accepted, the server has promised to deliver.
 */
final class StubbornProducer implements AutoCloseable {
  private static final int PER_POST = 20;
  private static final int ACCEPTED = 202;
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(20);

  private final List<AtomicReference<@Nullable TestNode>> nodes;
  private final String tenant;
  private final int events;
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::produce, "producer");
  private volatile boolean stopped;

  /**
   * @param nodes each may be down for a while
   * @param events numbered from 0 as {@code e-0}, {@code e-1} …
   */
  StubbornProducer(List<AtomicReference<@Nullable TestNode>> nodes, String tenant, int events) {
    this.nodes = nodes;
    this.tenant = tenant;
    this.events = events;
    thread.setDaemon(true);
    thread.start();
  }

  /** How many events were accepted. */
  int accepted() {
    Throwable fault = failure.get();
    if (fault != null) {
      throw new AssertionError("the producer gave up", fault);
    }
    return accepted.get();
  }

  private void produce() {
    try {
      int turn = 0;
      for (int from = 0; from < events; from += PER_POST) {
        int count = Math.min(PER_POST, events - from);
        while (!accepts(nodes.get(turn++ % nodes.size()), from, count)) {
          if (stopped) {
            return;
          }
          LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
        }
        accepted.addAndGet(count);
      }
    } catch (RuntimeException e) {
      failure.set(e);
    }
  }

  private boolean accepts(AtomicReference<@Nullable TestNode> current, int from, int count) {
    TestNode node = current.get();
    if (node == null) {
      return false;
    }
    JsonArray array = new JsonArray();
    for (int i = from; i < from + count; i++) {
      array.add(
          new JsonObject()
              .put("tenant_id", tenant)
              .put("type", "call.incoming")
              .put("event_id", "e-" + i)
              .put("payload", new JsonObject().put("n", i)));
    }
    try {
      return node.post("/api/v1/events", array.encode(), TestTokens.service()).statusCode()
          == ACCEPTED;
    } catch (UncheckedIOException unreachable) {
      return false;
    }
  }

  @Override
  public void close() {
    stopped = true;
  }
}
