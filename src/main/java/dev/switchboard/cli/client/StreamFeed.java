package dev.switchboard.cli.client;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The messages of a node as server-sent events; requests the next when one was taken. */
final class StreamFeed implements Feed {
  private final SignalQueue signals = new SignalQueue();
  private final Lines lines = new Lines();
  private final CompletableFuture<HttpResponse<Void>> exchange;

  private StreamFeed(HttpClient client, HttpRequest request) {
    exchange = client.sendAsync(request, this::body);
    CompletableFuture<HttpResponse<Void>> unused =
        exchange.whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                signals.end(Ending.broken(failure));
              }
            });
  }

  /** Opens a stream; every failure becomes a signal. */
  static Feed open(HttpClient client, HttpRequest request) {
    return new StreamFeed(client, request);
  }

  private BodySubscriber<Void> body(HttpResponse.ResponseInfo answer) {
    if (answer.statusCode() == 200 && !isEventStream(answer)) {
      signals.end(
          Ending.unusable(
              "the server of --url is not a Switchboard node: it does not send an event stream"));
      return BodySubscribers.replacing(null);
    }
    if (answer.statusCode() == 200) {
      return BodySubscribers.fromLineSubscriber(lines);
    }
    return BodySubscribers.mapping(
        BodySubscribers.ofString(StandardCharsets.UTF_8),
        body -> {
          signals.end(Ending.refused(answer.statusCode(), answer.headers(), body));
          return null;
        });
  }

  private static boolean isEventStream(HttpResponse.ResponseInfo answer) {
    return answer
        .headers()
        .firstValue("Content-Type")
        .filter(type -> type.startsWith("text/event-stream"))
        .isPresent();
  }

  @Override
  public Signal next(Duration longestSilence) throws InterruptedException {
    Signal next = signals.next(longestSilence);
    if (next instanceof Signal.Message) {
      lines.requestNext();
    }
    return next;
  }

  @Override
  public void close() {
    exchange.cancel(true);
    lines.stop();
  }

  /** Joins the lines of one event; an empty line ends it. */
  private final class Lines implements Flow.Subscriber<String> {
    private Flow.@Nullable Subscription subscription;
    private @Nullable String id;
    private @Nullable String data;
    private boolean last;

    @Override
    public synchronized void onSubscribe(Flow.Subscription begun) {
      subscription = begun;
      begun.request(1);
    }

    synchronized void requestNext() {
      if (subscription != null) {
        subscription.request(1);
      }
    }

    synchronized void stop() {
      if (subscription != null) {
        subscription.cancel();
      }
    }

    @Override
    public void onNext(String line) {
      if (line.startsWith("id: ")) {
        id = line.substring("id: ".length());
      } else if (line.startsWith("data: ")) {
        data = line.substring("data: ".length());
      } else if (line.equals("event: end")) {
        last = true;
      } else if (line.startsWith(":")) {
        signals.put(new Signal.Alive());
      } else if (line.isEmpty() && data != null && !last) {
        signals.put(new Signal.Message(data, id));
        reset();
        return;
      } else if (line.isEmpty()) {
        endWithoutMessage();
        reset();
      }
      requestNext();
    }

    private void endWithoutMessage() {
      if (data != null) {
        signals.end(Ending.ofStream(data));
      } else if (id != null) {
        signals.put(new Signal.Moved(id));
      }
    }

    private void reset() {
      id = null;
      data = null;
      last = false;
    }

    @Override
    public void onError(Throwable failure) {
      signals.end(Ending.broken(failure));
    }

    @Override
    public void onComplete() {
      signals.end(Ending.broken("the stream ended"));
    }
  }
}
