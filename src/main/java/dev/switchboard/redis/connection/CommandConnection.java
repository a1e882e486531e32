package dev.switchboard.redis.connection;

import dev.switchboard.event.Reason;
import dev.switchboard.redis.LuaScript;
import dev.switchboard.redis.NoScriptException;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.RedisOutcomeUnknownException;
import dev.switchboard.redis.RedisRefusedException;
import dev.switchboard.redis.RedisRights;
import dev.switchboard.redis.Reply;
import dev.switchboard.time.Backoff;
import dev.switchboard.time.StoreCalls;
import dev.switchboard.time.Ticker;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one pipelined connection to a server, and opens a new one after a loss.
 *
 * <p>The client library has no command timeout, so a frozen server would hold calls for ever. Here
 * each call has a timeout, and a connection on which one ran out is dropped: all other commands in
 * flight on it end as outcome unknown. A call waits the same time for a connection, and is refused
 * without one. Between attempts to connect there is a pause. When the locator names another server,
 * the connection to the old one is dropped before the next command. Belongs to one event loop.
 */
final class CommandConnection implements ReplicaBarrier.Sender {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** Short, because commands are refused during the pause although Redis may work again. */
  private static final Duration MAX_PAUSE = Duration.ofMillis(400);

  private static final Map<String, Command> COMMANDS = new ConcurrentHashMap<>();
  private static final Request ASKING = Request.cmd(Command.create("ASKING"));

  private final Dialer dialer;
  private final ServerLocator locator;
  private final Duration timeout;
  private final Ticker ticker;
  private final StoreCalls calls;
  private final Backoff backoff = new Backoff(FIRST_PAUSE, MAX_PAUSE);
  private @Nullable Future<OpenConnection> connection;
  private @Nullable RedisRefusedException lastFailure;
  private long pauseUntil;
  private int unanswered;
  private boolean closed;

  CommandConnection(
      Dialer dialer, ServerLocator locator, Duration timeout, Ticker ticker, StoreCalls calls) {
    this.dialer = dialer;
    this.locator = locator;
    this.timeout = timeout;
    this.ticker = ticker;
    this.calls = calls;
  }

  /** Sends one command; it fails as described in {@link RedisCommands}. */
  @Override
  public Future<Reply> send(String command, List<?> arguments) {
    return send(request(command, arguments), false);
  }

  /** Sends one command for a slot that is migrating to the server, after {@code ASKING}. */
  Future<Reply> sendAsking(String command, List<?> arguments) {
    return send(request(command, arguments), true);
  }

  private Future<Reply> send(Request request, boolean asking) {
    if (closed) {
      return Future.failedFuture(new RedisRefusedException("the connection was closed"));
    }
    if (unanswered >= Dialer.MAX_UNANSWERED) {
      return Future.failedFuture(
          new RedisRefusedException(
              unanswered + " commands wait for an answer of Redis; no more are accepted"));
    }
    unanswered++;
    return connectedInTime()
        .onFailure(failure -> calls.unreachable())
        .compose(
            live -> {
              if (asking) {
                live.connection().send(ASKING).onFailure(refused -> {});
              }
              return answer(live, request);
            })
        .onComplete(done -> unanswered--);
  }

  private static Request request(String command, List<?> arguments) {
    Request request = Request.cmd(COMMANDS.computeIfAbsent(command, CommandConnection::known));
    for (Object argument : arguments) {
      if (argument instanceof byte[] bytes) {
        request.arg(Buffer.buffer(bytes));
      } else if (argument instanceof Number number) {
        request.arg(number.longValue());
      } else {
        request.arg(argument.toString());
      }
    }
    return request;
  }

  /** Only commands whose rights are checked before a start. */
  private static Command known(String name) {
    if (!RedisRights.contains(name)) {
      throw new IllegalArgumentException("add the command " + name + " to RedisRights");
    }
    return Command.create(name.toUpperCase(Locale.ROOT));
  }

  /** Limits the time as a whole, because finding a master may take several connections. */
  private Future<OpenConnection> connectedInTime() {
    Future<OpenConnection> connected = connected();
    return connected.isComplete() || !dialer.isWarm()
        ? connected
        : connected
            .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
            .recover(failure -> Future.failedFuture(withoutConnection(failure)));
  }

  private Throwable withoutConnection(Throwable failure) {
    return failure instanceof TimeoutException
        ? new RedisRefusedException(
            "no connection to Redis within " + timeout.toMillis() + " ms", failure)
        : failure;
  }

  private Future<OpenConnection> connected() {
    dropIfStale();
    if (connection != null) {
      return connection;
    }
    if (lastFailure != null && ticker.nanos() - pauseUntil < 0) {
      return Future.failedFuture(lastFailure);
    }
    Future<OpenConnection> attempt =
        locator
            .connect(dialer::dial)
            .onSuccess(this::opened)
            .recover(failure -> Future.failedFuture(notOpened(failure)));
    connection = attempt.failed() ? null : attempt;
    return attempt;
  }

  private void dropIfStale() {
    OpenConnection open = connection == null ? null : connection.result();
    if (open != null && locator.isStale(open.address())) {
      connection = null;
      open.close();
    }
  }

  private void opened(OpenConnection open) {
    if (closed) {
      open.close();
      return;
    }
    backoff.reset();
    RedisConnection live = open.connection();
    live.exceptionHandler(failure -> forget(open));
    live.endHandler(ended -> forget(open));
    // Before any command: later commands would overtake a script that must be sent again.
    LuaScript.sources()
        .forEach(
            source ->
                live.send(Request.cmd(Command.SCRIPT).arg("LOAD").arg(source))
                    .onFailure(refused -> {}));
  }

  private RedisRefusedException notOpened(Throwable failure) {
    connection = null;
    pauseUntil = ticker.nanos() + backoff.next().toNanos();
    lastFailure =
        failure instanceof RedisRefusedException known
            ? known
            : new RedisRefusedException("Redis can't be reached", failure);
    return lastFailure;
  }

  private void forget(OpenConnection lost) {
    if (connection != null && lost.equals(connection.result())) {
      connection = null;
    }
    lost.close();
  }

  private Future<Reply> answer(OpenConnection live, Request request) {
    long started = System.nanoTime();
    return live.connection()
        .send(request)
        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(answered -> calls.answered(started))
        .map((@Nullable Response response) -> new Reply(response))
        .recover(failure -> Future.failedFuture(classify(live, failure)));
  }

  private RuntimeException classify(OpenConnection live, Throwable failure) {
    if (failure instanceof ErrorType error && !error.is("CONNECTION_CLOSED")) {
      return refusal(live, error);
    }
    calls.unreachable();
    forget(live);
    String problem =
        failure instanceof TimeoutException
            ? live.address() + " did not answer within " + timeout.toMillis() + " ms"
            : "the connection to " + live.address() + " broke";
    return new RedisOutcomeUnknownException("Redis at " + problem, failure);
  }

  private RedisRefusedException refusal(OpenConnection live, ErrorType error) {
    String message = Reason.of(error);
    if (error.is("NOSCRIPT")) {
      return new NoScriptException(error);
    }
    if (error.is("MOVED") || error.is("ASK")) {
      return RedirectedException.parse(message, live.address(), error);
    }
    if (error.is("TRYAGAIN")) {
      return new SlotMigratingException("Redis refused: " + message, error);
    }
    calls.refused();
    if (error.is("NOPERM") || error.is("NOAUTH")) {
      return dialer.problem(live.address(), error);
    }
    if (error.is("READONLY")) {
      // It has become a replica; the next connection goes to the new master.
      forget(live);
    }
    return new RedisRefusedException("Redis refused: " + message, error);
  }

  /** Closes the connection; later commands fail. */
  @Override
  public void close() {
    closed = true;
    if (connection != null) {
      connection.onSuccess(OpenConnection::close);
      connection = null;
    }
  }
}
