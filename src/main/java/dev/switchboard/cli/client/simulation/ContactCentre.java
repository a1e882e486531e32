package dev.switchboard.cli.client.simulation;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Calls, queues and agents that fit together: a call rings at one free agent, who talks, finishes
 * and is free again; callers who wait too long hang up. Belongs to one thread.
 */
public final class ContactCentre {
  /** The agent whose desktop the demonstration shows. */
  static final String OWN_AGENT = "agent-01";

  /** How long a state lasts that is not repeated: a display must not show who left long ago. */
  private static final Duration LASTS = Duration.ofSeconds(90);

  private static final Duration REPEATED = Duration.ofSeconds(30);
  private static final Duration LONGEST_CALL = Duration.ofMinutes(10);
  private static final double BUSY_SHARE = 0.82;
  private static final double WRAP_UP_SECONDS = 6;
  private static final double PATIENCE_SECONDS = 45;

  private final Timeline timeline;
  private final Announcements announcements = new Announcements();
  private final List<CallQueue> queues =
      List.of(
          new CallQueue("sales", "Sales"),
          new CallQueue("support", "Support"),
          new CallQueue("billing", "Billing"),
          new CallQueue("returns", "Returns"));
  private final List<Agent> agents = new ArrayList<>();
  private final Chats chats;
  private final double secondsBetweenCalls;
  private final double averageTalk;
  private int calls;

  /**
   * Opens at {@code start}.
   *
   * @param agents how many take calls, at least one
   * @param callsPerMinute on average
   */
  public ContactCentre(long seed, Instant start, int agents, double callsPerMinute) {
    timeline = new Timeline(seed, start);
    secondsBetweenCalls = 60 / callsPerMinute;
    averageTalk =
        Math.min(240, Math.max(8, agents * BUSY_SHARE * secondsBetweenCalls - WRAP_UP_SECONDS));
    for (int number = 1; number <= agents; number++) {
      this.agents.add(new Agent(number, skills(number), start));
    }
    chats = new Chats(timeline, announcements);
    repeatStates();
    timeline.after(timeline.exponential(secondsBetweenCalls), this::arrive);
    chats.open();
  }

  private Set<CallQueue> skills(int number) {
    return Set.of(queues.get(number % queues.size()), queues.get((number + 1) % queues.size()));
  }

  /** Returns what has happened until {@code now} since the last call, as bodies of events. */
  public List<JsonObject> advance(Instant now) {
    timeline.advance(now);
    return announcements.take();
  }

  /** Takes notice of an event that a person published at the last moment advanced to. */
  public void hear(JsonObject event) {
    if ("desk.request".equals(event.getString("type"))) {
      obey(event);
    } else if ("chat.message".equals(event.getString("type"))) {
      chats.hear(event);
    }
  }

  /** Everything is said again in time, so that it does not end. */
  private void repeatStates() {
    queues.forEach(this::announce);
    agents.forEach(this::announce);
    timeline.after(REPEATED, this::repeatStates);
  }

  private void announce(CallQueue queue) {
    announcements.keep("queue.stats", "queues", queue.name(), LASTS, queue.json());
  }

  private void announce(Agent agent) {
    announcements.keep("agent.state.changed", "agents", agent.id(), LASTS, agent.json());
  }

  private void announce(String type, Call call) {
    announcements.keep(type, "calls", call.id(), LONGEST_CALL, call.json());
  }

  // Calls

  private void arrive() {
    timeline.after(timeline.exponential(secondsBetweenCalls), this::arrive);
    CallQueue queue = Customer.pick(queues, timeline.random());
    Customer customer = Customer.draw(timeline.random());
    Instant now = timeline.now();
    Call call = new Call("%d.%d".formatted(now.getEpochSecond(), ++calls), customer, queue, now);
    queue.join(call);
    announce("call.incoming", call);
    announce(queue);
    timeline.after(timeline.exponential(PATIENCE_SECONDS).plusSeconds(5), () -> loseHope(call));
    distribute();
  }

  private void loseHope(Call call) {
    if (call.state() == Call.State.WAITING) {
      call.queue().abandon(call);
      end(call, "abandoned");
      announce(call.queue());
    }
  }

  /** Rings the callers who wait longest at the agents who are free longest. */
  private void distribute() {
    Call call = longestWaiting();
    Agent agent = call == null ? null : longestFree(call.queue());
    while (call != null && agent != null) {
      ring(call, agent);
      call = longestWaiting();
      agent = call == null ? null : longestFree(call.queue());
    }
  }

  private @Nullable Call longestWaiting() {
    return queues.stream()
        .map(CallQueue::first)
        .flatMap(Stream::ofNullable)
        .filter(call -> longestFree(call.queue()) != null)
        .min(Comparator.comparing(Call::arrivedAt))
        .orElse(null);
  }

  private @Nullable Agent longestFree(CallQueue queue) {
    return agents.stream()
        .filter(agent -> agent.state() == Agent.State.AVAILABLE && agent.serves(queue))
        .min(Comparator.comparing(Agent::since))
        .orElse(null);
  }

  private void ring(Call call, Agent agent) {
    call.queue().ring(call);
    call.become(Call.State.RINGING, agent, timeline.now());
    change(agent, Agent.State.RINGING, null, call);
    announce("call.ringing", call);
    announce(call.queue());
    boolean own = agent.id().equals(OWN_AGENT);
    planFor(agent, timeline.between(own ? 6 : 1, own ? 9 : 5), () -> answer(agent));
  }

  private void answer(Agent agent) {
    Call call = agent.call();
    if (call == null || agent.state() != Agent.State.RINGING) {
      return;
    }
    call.become(Call.State.TALKING, agent, timeline.now());
    call.queue().answer(call, timeline.now());
    change(agent, Agent.State.TALKING, null, call);
    announce("call.answered", call);
    announce(call.queue());
    Duration talk =
        timeline.exponential(averageTalk * 0.7).plusMillis(Math.round(averageTalk * 300));
    planFor(agent, talk, () -> hangUp(agent, "completed"));
  }

  private void hangUp(Agent agent, String reason) {
    Call call = agent.call();
    if (call == null || agent.state() != Agent.State.TALKING) {
      return;
    }
    end(call, reason);
    change(agent, Agent.State.WRAP_UP, null, null);
    planFor(agent, timeline.exponential(WRAP_UP_SECONDS), () -> finish(agent));
  }

  private void end(Call call, String reason) {
    call.become(Call.State.ENDED, call.agent(), timeline.now());
    announcements.forget("call.ended", "calls", call.id(), call.json().put("reason", reason));
  }

  private void finish(Agent agent) {
    boolean asked = agent.wantsPause();
    if (asked || (!agent.id().equals(OWN_AGENT) && timeline.random().nextDouble() < 0.07)) {
      pause(agent, Customer.pick(List.of("break", "training", "meeting"), timeline.random()));
      if (!asked) {
        planFor(agent, timeline.between(20, 90), () -> makeAvailable(agent));
      }
    } else {
      makeAvailable(agent);
    }
  }

  private void pause(Agent agent, String reason) {
    agent.askForPause(false);
    change(agent, Agent.State.PAUSED, reason, null);
  }

  private void makeAvailable(Agent agent) {
    agent.askForPause(false);
    change(agent, Agent.State.AVAILABLE, null, null);
    distribute();
  }

  private void change(
      Agent agent, Agent.State state, @Nullable String reason, @Nullable Call call) {
    agent.become(state, reason, call, timeline.now());
    announce(agent);
  }

  /** Does it unless the agent's state has changed meanwhile. */
  private void planFor(Agent agent, Duration delay, Runnable action) {
    long turn = agent.turn();
    timeline.after(
        delay,
        () -> {
          if (agent.turn() == turn) {
            action.run();
          }
        });
  }

  // What the person at the desktop requests

  private void obey(JsonObject event) {
    Sender sender = Sender.of(event);
    if (sender != null && event.getValue("payload") instanceof JsonObject request) {
      String action = String.valueOf(request.getValue("action"));
      agents.stream()
          .filter(agent -> sender.isUser() && agent.id().equals(sender.id()))
          .forEach(agent -> obey(agent, action));
    }
  }

  private void obey(Agent agent, String action) {
    switch (action) {
      case "answer" -> answer(agent);
      case "hang_up" -> hangUp(agent, "completed");
      case "pause" -> pauseWhenFree(agent);
      case "available" -> resume(agent);
      default -> {}
    }
  }

  private void pauseWhenFree(Agent agent) {
    if (agent.state() == Agent.State.AVAILABLE || agent.state() == Agent.State.WRAP_UP) {
      pause(agent, "break");
    } else {
      agent.askForPause(true);
    }
  }

  private void resume(Agent agent) {
    agent.askForPause(false);
    if (agent.state() == Agent.State.PAUSED || agent.state() == Agent.State.WRAP_UP) {
      makeAvailable(agent);
    }
  }
}
