package dev.switchboard.rolling;

import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import org.jspecify.annotations.Nullable;

/**
 * A client with an event stream, which does what {@code EventSource} does: it comes back after the
 * time that it was told, but any answer other than a stream with 200 is the end.
 */
final class StreamFollower extends Follower {
  private final StringBuilder data = new StringBuilder();
  private String event = "";
  private String lastId = "";
  private long retryMillis = 3_000;
  private @Nullable HttpClientRequest request;

  StreamFollower(Surroundings surroundings, Identity identity) {
    super(surroundings, identity, "/api/v1/events/stream");
  }

  @Override
  void open() {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost("127.0.0.1")
            .setPort(surroundings.port())
            .setURI(path())
            .putHeader("Authorization", "Bearer " + token)
            .putHeader("Accept", "text/event-stream");
    if (!lastId.isEmpty()) {
      options.putHeader("Last-Event-ID", lastId);
    }
    surroundings
        .streams()
        .request(options)
        .compose(
            opened -> {
              request = opened;
              return opened.send();
            })
        .onComplete(this::read, broken -> lost(retryMillis));
  }

  private void read(HttpClientResponse response) {
    String type = response.getHeader("Content-Type");
    if (response.statusCode() != 200 || type == null || !type.startsWith("text/event-stream")) {
      die("answered " + response.statusCode() + " with " + type);
      return;
    }
    event = "";
    data.setLength(0);
    RecordParser lines = RecordParser.newDelimited("\n", line -> line(line.toString()));
    boolean[] ended = new boolean[1];
    Runnable end =
        () -> {
          if (!ended[0]) {
            ended[0] = true;
            lost(retryMillis);
          }
        };
    response.exceptionHandler(broken -> end.run());
    response.endHandler(done -> end.run());
    response.handler(lines);
  }

  private void line(String line) {
    if (line.isEmpty()) {
      dispatch();
      return;
    }
    int colon = line.indexOf(':');
    String value = colon < 0 ? "" : line.substring(colon + 1).stripLeading();
    switch (colon < 0 ? line : line.substring(0, colon)) {
      case "event" -> event = value;
      case "data" -> data.append(value);
      case "id" -> lastId = value;
      case "retry" -> retryMillis = Long.parseLong(value);
      default -> {
        // A comment.
      }
    }
  }

  private void dispatch() {
    if (event.isEmpty() && !data.isEmpty()) {
      received(new JsonObject(data.toString()));
    }
    event = "";
    data.setLength(0);
  }

  @Override
  void end() {
    if (request != null) {
      request.reset();
    }
  }
}
