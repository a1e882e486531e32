package dev.switchboard.cli.client;

import dev.switchboard.cli.client.Publisher.Outcome;
import dev.switchboard.cli.client.simulation.ContactCentre;
import dev.switchboard.config.binding.Durations;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Reason;
import dev.switchboard.event.TenantId;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Publishes the events of an invented contact centre, for the pages below {@code /demo/}. */
@Command(
    name = "simulate",
    description = {
      "Publishes the events of an invented contact centre: calls, queues, agents and chats that fit"
          + " together, as events and as kept events.",
      "Needs an API key or a service token with the scopes events:write and admin. Replaces the"
          + " kept collections queues, agents, calls and chats of the tenant."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:the time of --for is over",
      "1:the node refused an event",
      "2:fix the command, the token or its permissions",
      "3:the node could not be reached for too long"
    })
public final class SimulateCommand implements Callable<Integer> {
  private static final int REFUSED = 1;
  private static final int USER_ERROR = 2;
  private static final int UNKNOWN = 3;
  private static final int MAX_AGENTS = 500;
  private static final int BATCH = 100;
  private static final Duration STEP = Duration.ofMillis(250);

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Pattern RATE = Pattern.compile("(\\d{1,5}(?:\\.\\d+)?)/([smh])");

  @Mixin private final NodeOption node = new NodeOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--tenant",
      defaultValue = "demo",
      description = "Tenant of the contact centre (default: ${DEFAULT-VALUE}).")
  private String tenant = "demo";

  @Option(
      names = "--agents",
      paramLabel = "N",
      defaultValue = "20",
      description = "Number of agents (default: ${DEFAULT-VALUE}).")
  private int agents = 20;

  @Option(
      names = "--calls",
      paramLabel = "RATE",
      defaultValue = "30/m",
      description = "Average calls per s, m or h (default: ${DEFAULT-VALUE}).")
  private String calls = "30/m";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "What happens follows from this number (default: a new one).")
  private @Nullable Long seed;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "Ends after this time (default: with Ctrl-C).")
  private @Nullable String time;

  @Override
  public Integer call() throws InterruptedException {
    if (agents < 1 || agents > MAX_AGENTS) {
      throw new ClientException("--agents must be from 1 to " + MAX_AGENTS);
    }
    double callsPerMinute = callsPerMinute();
    Instant end = end();
    TenantState state = new TenantState(node, tenantId());
    state.forgetAll(List.of("queues", "agents", "calls", "chats"));
    long drawn = seed == null ? System.nanoTime() & 0xffff : seed;
    ContactCentre centre = new ContactCentre(drawn, Instant.now(), agents, callsPerMinute);
    say("seed " + drawn + ", " + agents + " agents, " + calls + " calls, tenant " + tenant);
    return run(centre, state, end);
  }

  private TenantId tenantId() {
    try {
      return new TenantId(tenant);
    } catch (InvalidNameException e) {
      throw new ClientException("--tenant: " + Reason.of(e));
    }
  }

  private double callsPerMinute() {
    Matcher rate = RATE.matcher(calls);
    if (!rate.matches() || Double.parseDouble(rate.group(1)) == 0) {
      throw new ClientException("--calls must be of the form 30/m, per s, m or h");
    }
    double number = Double.parseDouble(rate.group(1));
    return switch (rate.group(2)) {
      case "s" -> number * 60;
      case "h" -> number / 60;
      default -> number;
    };
  }

  private Instant end() {
    try {
      return time == null ? Instant.MAX : Instant.now().plus(Durations.parse(time));
    } catch (IllegalArgumentException e) {
      throw new ClientException("--for " + e.getMessage());
    }
  }

  private int run(ContactCentre centre, TenantState state, Instant end)
      throws InterruptedException {
    Publisher publisher = new Publisher(node, PATIENCE);
    for (Instant now = Instant.now(); now.isBefore(end); now = Instant.now()) {
      int outcome = publish(publisher, centre.advance(now));
      if (outcome != 0) {
        return outcome;
      }
      state.newEvents().forEach(centre::hear);
      Thread.sleep(STEP.toMillis());
    }
    return 0;
  }

  private int publish(Publisher publisher, List<JsonObject> events) throws InterruptedException {
    for (int from = 0; from < events.size(); from += BATCH) {
      List<EventLine> lines = new ArrayList<>(BATCH);
      for (JsonObject event : events.subList(from, Math.min(events.size(), from + BATCH))) {
        event.put("tenant_id", tenant).put("event_id", UUID.randomUUID().toString());
        lines.add(new EventLine(lines.size(), event.encode()));
      }
      int outcome = outcome(publisher.send(lines));
      if (outcome != 0) {
        return outcome;
      }
    }
    return 0;
  }

  private int outcome(Outcome outcome) {
    if (outcome instanceof Outcome.Accepted) {
      return 0;
    }
    if (outcome instanceof Outcome.Refused refused) {
      say("refused: " + refused.ending());
      refused.errors().forEach(error -> say(error.getString("detail", "")));
      return refused.ending().code() == 401 || refused.ending().code() == 403
          ? USER_ERROR
          : REFUSED;
    }
    say("gave up: " + ((Outcome.Unknown) outcome).ending());
    return UNKNOWN;
  }

  private void say(String message) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("simulate: " + message);
  }
}
