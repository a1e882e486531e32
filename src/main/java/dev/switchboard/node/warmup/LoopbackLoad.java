package dev.switchboard.node.warmup;

import dev.switchboard.auth.Tokens;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Publishes events and opens sockets, as fast as they are served, to a port of this process.
 *
 * <p>Runs on an event loop of its own. Its public methods may be called from every thread.
 */
public final class LoopbackLoad {
  private static final int POSTERS = 8;
  private static final int SOCKETS = 4;
  private static final Duration TOKEN_LIFETIME = Duration.ofHours(1);
  private static final long CHECK_MILLIS = 100;

  private final Vertx vertx;
  private final Context loop;
  private final int port;
  private final LoadMessages messages;
  private final LoadCounts counts = new LoadCounts();
  private final RequestCost cost = RequestCost.ofThisProcess();
  private final Promise<Void> ended = Promise.promise();
  private final NetClient client;
  private @Nullable String lastPosition;
  private final List<EventPoster> posters = new ArrayList<>();
  private long rounds;
  private boolean ending;

  /** For a node on 127.0.0.1 that accepts these tokens; {@code tenant} owns all events. */
  public LoopbackLoad(Vertx vertx, int port, Tokens tokens, TenantId tenant) {
    this.vertx = vertx;
    this.loop = vertx.getOrCreateContext();
    this.port = port;
    this.messages =
        new LoadMessages(
            port,
            tenant,
            tokens.mintUser(tenant, new UserId("warmup"), "agent", TOKEN_LIFETIME),
            tokens.mintService(tenant, TOKEN_LIFETIME));
    this.client = vertx.createNetClient();
  }

  /**
   * Runs until the cost of a request has stopped falling, until {@link #end}, or for {@code limit}.
   * Completes once all requests in flight are answered; never fails.
   */
  public Future<Void> run(Duration limit) {
    loop.runOnContext(go -> start(limit));
    return ended.future().eventually(client::close).otherwiseEmpty();
  }

  private void start(Duration limit) {
    vertx.setTimer(limit.toMillis(), over -> end());
    vertx.setPeriodic(CHECK_MILLIS, check -> endIfLevel());
    for (int i = 0; i < POSTERS; i++) {
      connect(this::post);
    }
    for (int i = 0; i < SOCKETS; i++) {
      nextRound();
    }
  }

  private void endIfLevel() {
    if (cost.isLevel(counts.accepted())) {
      endNow();
    }
  }

  private void post(NetSocket connection) {
    EventPoster poster = new EventPoster(connection, messages, counts);
    posters.add(poster);
    connection.closeHandler(
        closed -> {
          posters.remove(poster);
          endIfIdle();
        });
    poster.start();
  }

  /** Every second socket catches up on what was published since the last one. */
  private void nextRound() {
    String after = ++rounds % 2 == 0 ? lastPosition : null;
    connect(connection -> open(connection, messages.upgrade(after)));
  }

  private void open(NetSocket connection, Buffer upgrade) {
    SocketRound round = new SocketRound(connection, counts);
    connection.closeHandler(
        closed -> {
          lastPosition = round.position();
          nextRound();
        });
    round.start(upgrade);
  }

  private void connect(Handler<NetSocket> use) {
    if (!ending) {
      client.connect(port, "127.0.0.1").onSuccess(use).onFailure(refused -> endNow());
    }
  }

  /** Ends the load, if it has not ended. */
  public void end() {
    if (!ended.future().isComplete()) {
      loop.runOnContext(now -> endNow());
    }
  }

  private void endNow() {
    ending = true;
    posters.forEach(EventPoster::end);
    endIfIdle();
  }

  private void endIfIdle() {
    if (ending && posters.isEmpty()) {
      ended.tryComplete();
    }
  }

  /** What was achieved so far. */
  public LoadCounts counts() {
    return counts;
  }
}
