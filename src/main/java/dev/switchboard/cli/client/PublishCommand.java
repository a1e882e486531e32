package dev.switchboard.cli.client;

import dev.switchboard.cli.client.Publisher.Outcome;
import dev.switchboard.config.binding.Durations;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
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

/** Publishes one event from the command line, or one for each line of standard input. */
@Command(
    name = "publish",
    description = {
      "Publishes one event, or without --type one JSON object for each line of standard input, in"
          + " their order, and prints the node's answers.",
      "An event without an event_id gets one, so that it can be sent again while its fate is"
          + " unknown. Ends at the first event that is not accepted."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:every event was accepted",
      "1:the node refused an event; it and what follows was not published",
      "2:the command, the token or its rights must be mended",
      "3:not settled: what may or may not be published is on standard error, to be sent again"
    })
public final class PublishCommand implements Callable<Integer> {
  private static final int REFUSED = 1;
  private static final int USER_ERROR = 2;
  private static final int UNKNOWN = 3;
  private static final int MAX_IN_A_CALL = 500;

  @Mixin private final NodeOption node = new NodeOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--tenant", description = "The tenant; of lines that name none.")
  private @Nullable String tenant;

  @Option(names = "--type", description = "The type of the one event, such as call.incoming.")
  private @Nullable String type;

  @Option(names = "--payload", paramLabel = "JSON", description = "Its payload (default: {}).")
  private String payload = "{}";

  @Option(names = "--user", description = "The only user who gets it.")
  private @Nullable String user;

  @Option(names = "--topic", description = "Its topic.")
  private @Nullable String topic;

  @Option(names = "--session", description = "The web chat it belongs to.")
  private @Nullable String session;

  @Option(names = "--event-id", paramLabel = "ID", description = "Its id (default: a new one).")
  private @Nullable String eventId;

  @Option(names = "--offline", description = "store or drop: whether it waits for its user.")
  private @Nullable String offline;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "100",
      description = "Most lines in one call (default: ${DEFAULT-VALUE}).")
  private int batch = 100;

  @Option(
      names = "--patience",
      paramLabel = "TIME",
      defaultValue = "30s",
      description =
          "How long to go on trying while the node can't be reached or asks to wait (default:"
              + " ${DEFAULT-VALUE}).")
  private String patience = "30s";

  @Override
  public Integer call() throws IOException, InterruptedException {
    Publisher publisher = new Publisher(node, patience());
    if (type != null) {
      return send(publisher, List.of(EventLine.of(1, event(), null)));
    }
    if (batch < 1 || batch > MAX_IN_A_CALL) {
      throw new ClientException("--batch must be 1 to " + MAX_IN_A_CALL);
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

  /** The payload stays as it was typed. */
  private String event() {
    try {
      Object unused = Json.decodeValue(payload);
    } catch (DecodeException e) {
      throw new ClientException("--payload is no JSON; a text is written '\"so\"'");
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

  /** Sends what has come, and waits for more only when all of it is settled. */
  private int sendLines(Publisher publisher) throws IOException, InterruptedException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<EventLine> waiting = new ArrayList<>();
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      ClientException fault = addTo(waiting, number, line);
      if (fault != null || waiting.size() == batch || !lines.ready()) {
        int outcome = send(publisher, waiting);
        waiting.clear();
        if (outcome != 0) {
          return outcome;
        }
      }
      if (fault != null) {
        say(String.valueOf(fault.getMessage()));
        return REFUSED;
      }
    }
    return send(publisher, waiting);
  }

  /** What is wrong with the line, if anything is; a blank one is passed over. */
  private @Nullable ClientException addTo(List<EventLine> waiting, int number, String line) {
    try {
      if (!line.isBlank()) {
        waiting.add(EventLine.of(number, line, tenant));
      }
      return null;
    } catch (ClientException fault) {
      return fault;
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
    say("refused: " + refused.how());
    for (JsonObject error : refused.errors()) {
      say(place(error.getString("pointer", ""), events) + " " + error.getString("detail"));
    }
    int status = refused.how().code();
    return status == 401 || status == 403 ? USER_ERROR : REFUSED;
  }

  /** {@code /2/payload} is the payload of the third event of the call, wherever that came from. */
  private String place(String pointer, List<EventLine> events) {
    String[] steps = pointer.split("/", 3);
    if (type != null || steps.length < 2 || !steps[1].matches("\\d{1,3}")) {
      return pointer.replaceFirst("^/0", "");
    }
    int line = events.get(Integer.parseInt(steps[1])).number();
    return "line " + line + (steps.length < 3 ? "" : " /" + steps[2]);
  }

  private int unknown(Outcome.Unknown unknown, List<EventLine> events) {
    say("not settled: " + unknown.how() + "; send these again, with their ids:");
    events.forEach(event -> spec.commandLine().getErr().println(event.json()));
    return UNKNOWN;
  }

  private void say(String words) {
    spec.commandLine().getErr().println("publish: " + words);
  }
}
