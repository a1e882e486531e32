package dev.switchboard.cli.client;

import dev.switchboard.cli.client.Publisher.Outcome;
import dev.switchboard.config.binding.Durations;
import dev.switchboard.event.Reason;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Publishes one event given as options, or one for each line of standard input. */
@Command(
    name = "publish",
    description = {
      "Publishes one event, or without --type each line of standard input (a JSON object) in order,"
          + " and prints the node's answers.",
      "An event without an event_id gets one, so that it can be sent again while the outcome is"
          + " unknown. Stops at the first event that is not accepted."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:every event was accepted",
      "1:the node refused an event; it and the following ones were not published",
      "2:fix the command, the token or its permissions",
      "3:outcome unknown: standard error lists the events to send again"
    })
public final class PublishCommand implements Callable<Integer> {
  private static final int REFUSED = 1;
  private static final int USER_ERROR = 2;
  private static final int UNKNOWN = 3;
  private static final int MAX_BATCH = 500;

  @Mixin private final NodeOption node = new NodeOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--tenant", description = "Tenant of the event, or of lines that name none.")
  private @Nullable String tenant;

  @Option(names = "--type", description = "Type of the event, such as call.incoming.")
  private @Nullable String type;

  @Option(
      names = "--payload",
      paramLabel = "JSON",
      description = "Payload of the event (default: {}).")
  private String payload = "{}";

  @Option(names = "--user", description = "The only user who receives the event.")
  private @Nullable String user;

  @Option(names = "--topic", description = "Topic of the event.")
  private @Nullable String topic;

  @Option(names = "--session", description = "Web chat that the event belongs to.")
  private @Nullable String session;

  @Option(
      names = "--event-id",
      paramLabel = "ID",
      description = "Id of the event (default: a new one).")
  private @Nullable String eventId;

  @Option(
      names = "--offline",
      description = "store or drop: whether the event waits for an offline user.")
  private @Nullable String offline;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "100",
      description = "Maximum events per request (default: ${DEFAULT-VALUE}).")
  private int batch = 100;

  @Option(
      names = "--patience",
      paramLabel = "TIME",
      defaultValue = "30s",
      description =
          "How long to retry while the node can't be reached or asks to wait (default:"
              + " ${DEFAULT-VALUE}).")
  private String patience = "30s";

  @Override
  public Integer call() throws IOException, InterruptedException {
    Publisher publisher = new Publisher(node, patience());
    if (type != null) {
      return send(publisher, List.of(EventLine.of(1, event(), null)));
    }
    if (batch < 1 || batch > MAX_BATCH) {
      throw new ClientException("--batch must be from 1 to " + MAX_BATCH);
    }
    return sendLines(publisher);
  }

  private Duration patience() {
    try {
      return Durations.parse(patience);
    } catch (IllegalArgumentException e) {
      throw new ClientException("--patience " + e.getMessage());
    }
  }

  /** Returns the event as JSON; the payload stays byte for byte as given. */
  private String event() {
    try {
      Json.decodeValue(payload);
    } catch (DecodeException e) {
      throw new ClientException("--payload is not valid JSON; a string needs quotes: '\"text\"'");
    }
    JsonObject head = new JsonObject().put("type", type);
    putIfGiven(head, "tenant_id", tenant);
    putIfGiven(head, "user_id", user);
    putIfGiven(head, "topic", topic);
    putIfGiven(head, "session_id", session);
    putIfGiven(head, "event_id", eventId);
    putIfGiven(head, "offline", offline);
    String text = head.encode();
    return text.substring(0, text.length() - 1) + ",\"payload\":" + payload + "}";
  }

  private static void putIfGiven(JsonObject head, String member, @Nullable String value) {
    if (value != null) {
      head.put(member, value);
    }
  }

  /** Sends the lines in batches; reads no further before the outcome of a batch is known. */
  private int sendLines(Publisher publisher) throws IOException, InterruptedException {
    InputLines lines = new InputLines(System.in);
    List<EventLine> waiting = new ArrayList<>();
    while (true) {
      Input input = readInto(waiting, lines);
      if (input != Input.EVENT || waiting.size() == batch || !lines.isReady()) {
        int outcome = send(publisher, waiting);
        waiting.clear();
        if (outcome != 0 || input == Input.END) {
          return outcome;
        }
      }
      if (input == Input.FAULT) {
        return REFUSED;
      }
      if (spec.commandLine().getOut().checkError()) {
        say("standard output was closed; stopped after line " + lines.number());
        return USER_ERROR;
      }
    }
  }

  /** What a line of input is. */
  private enum Input {
    EVENT,
    FAULT,
    END
  }

  /** Adds the event of the next line unless it is blank, or says what is wrong with the line. */
  private Input readInto(List<EventLine> waiting, InputLines lines) throws IOException {
    try {
      String line = lines.next();
      if (line != null && !line.isBlank()) {
        waiting.add(EventLine.of(lines.number(), line, tenant));
      }
      return line == null ? Input.END : Input.EVENT;
    } catch (ClientException fault) {
      say(Reason.of(fault));
      return Input.FAULT;
    }
  }

  private int send(Publisher publisher, List<EventLine> events) throws InterruptedException {
    if (events.isEmpty()) {
      return 0;
    }
    Outcome outcome = publisher.send(events);
    if (outcome instanceof Outcome.Accepted accepted) {
      accepted.answers().forEach(answer -> spec.commandLine().getOut().println(answer.encode()));
      return 0;
    }
    return outcome instanceof Outcome.Refused refused
        ? refused(refused, events)
        : unknown((Outcome.Unknown) outcome, events);
  }

  private int refused(Outcome.Refused refused, List<EventLine> events) {
    say("refused: " + refused.ending());
    for (JsonObject error : refused.errors()) {
      say(location(error.getString("pointer", ""), events) + " " + error.getString("detail"));
    }
    int status = refused.ending().code();
    return status == 401 || status == 403 || refused.ending().isUnusable() ? USER_ERROR : REFUSED;
  }

  /** Describes a JSON pointer into the request by the line of input that it points into. */
  private String location(String pointer, List<EventLine> events) {
    String[] steps = pointer.split("/", 3);
    if (type != null || steps.length < 2 || !steps[1].matches("\\d{1,3}")) {
      return pointer.replaceFirst("^/0", "");
    }
    int line = events.get(Integer.parseInt(steps[1])).number();
    return "line " + line + (steps.length < 3 ? "" : " /" + steps[2]);
  }

  private int unknown(Outcome.Unknown unknown, List<EventLine> events) {
    say("outcome unknown: " + unknown.ending() + "; send these events again, with their ids:");
    events.forEach(event -> spec.commandLine().getErr().println(event.json()));
    return UNKNOWN;
  }

  private void say(String message) {
    spec.commandLine().getErr().println("publish: " + message);
  }
}
