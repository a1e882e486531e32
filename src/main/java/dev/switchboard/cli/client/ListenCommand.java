package dev.switchboard.cli.client;

import dev.switchboard.cli.client.Feed.Signal;
import dev.switchboard.time.Backoff;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the events that a client receives, and resumes after every interruption. */
@Command(
    name = "listen",
    description = {
      "Prints the events that a user receives, one per line; everything else goes to standard"
          + " error.",
      "It is a session like any other: over a WebSocket the user counts as online, and waiting"
          + " inbox messages are consumed. With --sse it does neither."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:--count events have been received",
      "1:the node ended the session permanently",
      "2:fix the token or the request"
    })
public final class ListenCommand implements Callable<Integer> {
  private static final int ENDED = 1;
  private static final int USER_ERROR = 2;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

  @Mixin private final NodeOption node = new NodeOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--events",
      split = ",",
      paramLabel = "PATTERN",
      description = "Event patterns, such as call.* (default: every event).")
  private List<String> events = List.of();

  @Option(
      names = "--topics",
      split = ",",
      paramLabel = "TOPIC",
      description = "Topics to subscribe to.")
  private List<String> topics = List.of();

  @Option(
      names = "--after",
      paramLabel = "POSITION",
      description = "Event id or position to continue after (default: now).")
  private String after = "";

  @Option(names = "--sse", description = "Uses server-sent events instead of a WebSocket.")
  private boolean stream;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Ends after N events (default: never).")
  private long count = Long.MAX_VALUE;

  private final HttpClient client = NodeOption.client();
  private final Backoff backoff = Reconnects.backoff();
  private Cursor cursor = new Cursor("");
  private Duration longestSilence = CONNECT_TIMEOUT;
  private long printed;

  @Override
  public Integer call() throws InterruptedException {
    cursor = new Cursor(after);
    while (true) {
      Ending ending = follow();
      if (ending == null) {
        return 0;
      }
      if (ending.isFinal()) {
        say("the node ended the session: " + ending);
        return ending.isUserError() ? USER_ERROR : ENDED;
      }
      Duration pause = ending.pause() == null ? backoff.next() : ending.pause();
      say("interrupted: " + ending + "; reconnecting in " + pause.toMillis() + " ms");
      Thread.sleep(pause.toMillis());
    }
  }

  /** Prints events until the connection ends; null once enough were, or none can be, printed. */
  private @Nullable Ending follow() throws InterruptedException {
    longestSilence = CONNECT_TIMEOUT;
    try (Feed feed = open()) {
      while (printed < count && !out().checkError()) {
        Signal signal = feed.next(longestSilence);
        if (signal instanceof Signal.Ended ended) {
          return ended.ending();
        }
        if (signal instanceof Signal.Moved moved) {
          cursor.position(moved.position());
        } else if (signal instanceof Signal.Message message) {
          received(message);
        }
      }
      return null;
    }
  }

  private Feed open() {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("events", String.join(",", events));
    query.put("topics", String.join(",", topics));
    query.put("after", cursor.text());
    if (!stream) {
      return SocketFeed.open(client, node.socketAddress("/ws", query), node.authorization());
    }
    HttpRequest request = node.request(node.address("/api/v1/events/stream", query)).build();
    return StreamFeed.open(client, request);
  }

  private void received(Signal.Message message) {
    JsonObject json = parsed(message.json());
    // Of the messages of a node, only events name their tenant.
    if (json.containsKey("tenant_id")) {
      out().println(message.json());
      printed++;
      cursor.event(json.getString("id"));
    } else {
      control(json.getString("type", ""), json.getJsonObject("payload", new JsonObject()));
    }
    if (message.position() != null) {
      cursor.position(message.position());
    }
  }

  private static JsonObject parsed(String message) {
    try {
      return new JsonObject(message);
    } catch (DecodeException | ClassCastException e) {
      throw new ClientException(
          "the server of --url is not a Switchboard node: it sends messages that are not JSON");
    }
  }

  private void control(String type, JsonObject payload) {
    if (payload.containsKey("position")) {
      cursor.position(payload.getString("position"));
    }
    switch (type) {
      case "connected" -> connected(payload);
      case "resync" -> say("events were lost: " + payload.getString("reason"));
      case "degraded", "restored", "token.expiring" -> say(type);
      case "error" -> say("error: " + payload.getString("message"));
      default -> {}
    }
  }

  private void connected(JsonObject payload) {
    backoff.reset();
    longestSilence = Duration.ofSeconds(10 + 2L * payload.getInteger("heartbeat_seconds", 25));
    Boolean recovered = payload.getBoolean("recovered");
    say(
        "connected to "
            + payload.getString("node")
            + " as "
            + payload.getString("user_id")
            + " of "
            + payload.getString("tenant_id")
            + (recovered == null
                ? ""
                : recovered ? "; no events missed" : "; some events may be lost"));
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private void say(String message) {
    spec.commandLine().getErr().println("listen: " + message);
  }
}
