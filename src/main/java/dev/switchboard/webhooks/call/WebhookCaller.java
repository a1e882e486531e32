package dev.switchboard.webhooks.call;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.time.RetryAfter;
import dev.switchboard.tracing.AttemptSpan;
import dev.switchboard.tracing.TraceContext;
import dev.switchboard.tracing.Tracing;
import dev.switchboard.webhooks.call.Attempt.Result;
import dev.switchboard.webhooks.format.BodyFormatter;
import dev.switchboard.webhooks.format.InvalidTemplateException;
import dev.switchboard.webhooks.format.LinkTemplate;
import dev.switchboard.webhooks.format.ServiceAnswer;
import dev.switchboard.webhooks.guard.RefusedUrlException;
import dev.switchboard.webhooks.guard.UnknownNameException;
import dev.switchboard.webhooks.guard.UrlGuard;
import dev.switchboard.webhooks.guard.UrlGuard.Target;
import dev.switchboard.webhooks.registry.Webhook;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one HTTP call within its timeout and returns its outcome; its futures never fail.
 *
 * <p>Redirects are not followed, nothing is decompressed, and no more than {@link #MAX_KEPT_BODY}
 * bytes of the answer are kept while the rest is read and dropped within the budget. Belongs to one
 * event loop.
 */
public final class WebhookCaller {
  private static final Logger log = LoggerFactory.getLogger(WebhookCaller.class);

  /** Bytes of a response body that are kept for the log. */
  static final int MAX_KEPT_BODY = 16 << 10;

  private static final int MAX_MESSAGE_LENGTH = 200;
  private static final Pattern CONTROL_CHARACTERS = Pattern.compile("\\p{Cntrl}+");

  private final Vertx vertx;
  private final Receivers receivers;
  private final UrlGuard guard;
  private final Clock clock;
  private final BodyFormatter formatter;
  private final Tracing tracing;

  /** Makes calls without spans. */
  public WebhookCaller(Vertx vertx, UrlGuard guard, Clock clock, WebhooksConfig config) {
    this(vertx, guard, clock, config, Tracing.OFF);
  }

  /** Calls of deliveries get spans of {@code tracing}. */
  public WebhookCaller(
      Vertx vertx, UrlGuard guard, Clock clock, WebhooksConfig config, Tracing tracing) {
    this.vertx = vertx;
    this.tracing = tracing;
    this.guard = guard;
    this.clock = clock;
    this.formatter = new BodyFormatter(new LinkTemplate(config.linkTemplate()));
    this.receivers = new Receivers(vertx, config);
  }

  /** Makes the call of {@code delivery}, which ends when {@code interruption} completes. */
  public Future<Attempt> call(ClaimedDelivery delivery, Webhook webhook, Future<?> interruption) {
    if (!tracing.isOn()) {
      return call(delivery, webhook, Map.of(), interruption);
    }
    AttemptSpan span = tracing.attempting(delivery.traced(), delivery.attempt(), webhook.url());
    return call(delivery, webhook, span.headers(), interruption)
        .onSuccess(attempt -> span.ended(attempt.responseCode(), attempt.errorClass()));
  }

  private Future<Attempt> call(
      ClaimedDelivery delivery,
      Webhook webhook,
      Map<String, String> traceHeaders,
      Future<?> interruption) {
    SignedRequest signed;
    try {
      signed = sign(CallRequest.of(delivery), webhook).with(traceHeaders);
    } catch (InvalidTemplateException unusable) {
      return Future.succeededFuture(
          new Attempt(
              Result.FINAL, null, null, "template: the template " + unusable.getMessage(), 0));
    } catch (IllegalArgumentException unusable) {
      return Future.succeededFuture(
          new Attempt(Result.FINAL, null, null, "malformed: " + unusable.getMessage(), 0));
    } catch (RuntimeException unusable) {
      TraceContext.addId(log.atWarn(), delivery.envelope())
          .addKeyValue("webhookId", webhook.id())
          .addKeyValue("eventId", delivery.event())
          .addKeyValue("reason", unusable.getClass().getSimpleName())
          .log("Can't make a call of an event");
      return Future.succeededFuture(
          new Attempt(Result.FINAL, null, null, "malformed: no call can be made of this event", 0));
    }
    return call(signed, interruption);
  }

  /**
   * Makes the request of a call, signed now.
   *
   * @throws InvalidTemplateException if the webhook's template can't be rendered for this event
   */
  public SignedRequest sign(CallRequest request, Webhook webhook) {
    return SignedRequest.of(request, webhook, formatter, clock.instant());
  }

  /** Sends {@code signed}. */
  public Future<Attempt> call(SignedRequest signed) {
    return call(signed, Promise.promise().future());
  }

  private Future<Attempt> call(SignedRequest signed, Future<?> interruption) {
    Call call = new Call(signed, System.nanoTime());
    interruption.onSuccess(asked -> call.interrupt());
    Future.succeededFuture(signed)
        .compose(this::check)
        .compose(call::send)
        .onSuccess(call.ended::tryComplete)
        .onFailure(failure -> call.ended.tryComplete(call.failed(failure)));
    return call.ended.future();
  }

  /** A name server's delay counts too, or a tenant's own could outlast the claim. */
  private Future<Target> check(SignedRequest signed) {
    Future<Target> target = guard.check(signed.url());
    return target.isComplete()
        ? target
        : target.timeout(signed.timeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  public Future<Void> close() {
    return receivers.close();
  }

  /** The stage of a call, so that a timeout can name what it waited for. */
  private enum Stage {
    RESOLVING("dns"),
    CONNECTING("timeout_connect"),
    AWAITING_HEADERS("timeout_headers"),
    READING_BODY("timeout_body");

    private final String timeoutClass;

    Stage(String timeoutClass) {
      this.timeoutClass = timeoutClass;
    }
  }

  private final class Call {
    private final SignedRequest signed;
    private final long started;
    private final Buffer kept = Buffer.buffer();

    /** The outcome; what happens after it does not count. */
    private final Promise<Attempt> ended = Promise.promise();

    /** The response, from the moment a connection is taken; null before. */
    private @Nullable Promise<Attempt> awaited;

    private boolean complete;
    private Stage stage = Stage.RESOLVING;
    private @Nullable HttpClientRequest request;
    private Attempt.Head head = Attempt.Head.NONE;

    Call(SignedRequest signed, long started) {
      this.signed = signed;
      this.started = started;
    }

    /** Ends the call now; a connection that it has taken is given back. */
    void interrupt() {
      Attempt attempt =
          attempt(
              Result.RETRY,
              null,
              Attempt.INTERRUPTED
                  + ": no response after "
                  + TimeUnit.MILLISECONDS.toSeconds(elapsedMillis())
                  + " s, while other tenants waited for the worker; this uses up no retry");
      if (ended.tryComplete(attempt) && awaited != null) {
        boolean unused = awaited.tryComplete(attempt);
      }
    }

    Future<Attempt> send(Target target) {
      if (ended.future().isComplete()) {
        return ended.future();
      }
      Receivers.Connections connections =
          receivers.connections(target.tls() ? signed.certificate() : null);
      Promise<Attempt> answer = Promise.promise();
      awaited = answer;
      long budget = Math.max(1, signed.timeout().toMillis() - elapsedMillis());
      long timer = vertx.setTimer(budget, fired -> answer.tryComplete(timedOut()));
      stage = Stage.CONNECTING;
      connections
          .request(target, budget)
          .compose(fresh -> answer.future().isComplete() ? tooLate(fresh) : write(fresh))
          .compose(this::read)
          .onComplete(answer::tryComplete, answer::tryFail);
      return answer
          .future()
          .onComplete(
              done -> {
                boolean unused = vertx.cancelTimer(timer);
                resetUnfinished();
                connections.release();
              });
    }

    /** Gives back a connection that came after the end of the budget. */
    private Future<HttpClientResponse> tooLate(HttpClientRequest fresh) {
      request = fresh;
      resetUnfinished();
      return Future.failedFuture(new TimeoutException());
    }

    /** Resets a request that has not ended by itself. */
    private void resetUnfinished() {
      if (request != null && !complete) {
        request.reset().onFailure(ignored -> {});
      }
    }

    private Future<HttpClientResponse> write(HttpClientRequest fresh) {
      request = fresh;
      stage = Stage.AWAITING_HEADERS;
      signed.headers().forEach(fresh::putHeader);
      return fresh.send(Buffer.buffer(signed.body()));
    }

    private Future<Attempt> read(HttpClientResponse response) {
      stage = Stage.READING_BODY;
      head =
          new Attempt.Head(
              response.headers().entries(),
              RetryAfter.parse(response.getHeader("Retry-After"), clock.instant()));
      response.handler(
          chunk -> {
            int room = MAX_KEPT_BODY - kept.length();
            if (room > 0) {
              kept.appendBuffer(chunk, 0, Math.min(room, chunk.length()));
            }
          });
      return response
          .end()
          .onSuccess(ended -> complete = true)
          .map(ended -> answered(response.statusCode(), response.statusMessage()));
    }

    private Attempt answered(int code, @Nullable String message) {
      Optional<ServiceAnswer> answer = ServiceAnswer.read(signed.format(), code, keptText());
      String status =
          code
              + (message == null ? "" : " " + oneLine(message))
              + answer.map(said -> ": " + oneLine(said.reason())).orElse("");
      boolean temporary = answer.isPresent() && answer.get().temporary();
      if (code >= 200 && code < 300) {
        return answer.isEmpty()
            ? attempt(Result.DELIVERED, code, null)
            : attempt(temporary ? Result.RETRY : Result.FINAL, code, "service: " + status);
      }
      if (code >= 500) {
        return attempt(Result.RETRY, code, "http_5xx: " + status);
      }
      if (code >= 400) {
        return attempt(temporary ? Result.RETRY : Result.FINAL, code, "http_4xx: " + status);
      }
      if (code < 200) {
        // Such as 102, which the client takes for the response; the final one can't be read any
        // more.
        return attempt(Result.RETRY, code, "connect: " + status + " is not a final response");
      }
      return attempt(Result.FINAL, code, "redirect: " + status + "; redirects are not followed");
    }

    private Attempt timedOut() {
      return attempt(
          Result.RETRY,
          null,
          stage.timeoutClass
              + ": no complete response within "
              + signed.timeout().toSeconds()
              + " s");
    }

    Attempt failed(Throwable failure) {
      if (failure instanceof RefusedUrlException refused) {
        return attempt(Result.FINAL, null, "ssrf_blocked: " + refused.getMessage());
      }
      if (failure instanceof UnknownNameException unknown) {
        return attempt(Result.RETRY, null, "dns: " + unknown.getMessage());
      }
      if (failure instanceof TimeoutException
          || failure.getClass().getSimpleName().contains("Timeout")) {
        return attempt(Result.RETRY, null, stage.timeoutClass + ": no connection in time");
      }
      Optional<String> tls = TlsFault.of(failure, signed.certificate());
      if (tls.isPresent()) {
        return attempt(Result.RETRY, null, "tls: " + tls.get());
      }
      boolean connected = stage != Stage.CONNECTING;
      return attempt(
          Result.RETRY,
          null,
          "connect: " + (connected ? "the connection was lost" : "no connection"));
    }

    private Attempt attempt(Result result, @Nullable Integer code, @Nullable String error) {
      return new Attempt(result, code, keptText(), error, elapsedMillis(), head);
    }

    /** Text of a receiver, safe to show in one line. */
    private static String oneLine(String text) {
      String line = CONTROL_CHARACTERS.matcher(text).replaceAll(" ");
      return line.length() <= MAX_MESSAGE_LENGTH
          ? line
          : line.substring(0, MAX_MESSAGE_LENGTH) + " …";
    }

    /** Postgres can't store a NUL in a text. */
    private @Nullable String keptText() {
      return kept.length() == 0
          ? null
          : kept.toString(StandardCharsets.UTF_8).replace('\0', '\ufffd');
    }

    private int elapsedMillis() {
      return (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    }
  }
}
