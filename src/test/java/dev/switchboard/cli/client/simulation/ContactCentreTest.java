package dev.switchboard.cli.client.simulation;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events of the invented contact centre fit together, and follow from the seed. */
class ContactCentreTest {
  private static final Instant START = Instant.parse("2026-11-23T09:00:00Z");

  private final Map<String, JsonObject> state = new HashMap<>();

  private static List<JsonObject> play(ContactCentre centre, Duration step, Duration time) {
    List<JsonObject> events = new ArrayList<>();
    for (Duration at = Duration.ZERO; at.compareTo(time) <= 0; at = at.plus(step)) {
      events.addAll(centre.advance(START.plus(at)));
    }
    return events;
  }

  @Test
  void sameSeedGivesTheSameEventsHoweverOftenTheyAreTaken() {
    Duration time = Duration.ofMinutes(10);

    List<JsonObject> often =
        play(new ContactCentre(7, START, 20, 30), Duration.ofMillis(250), time);
    List<JsonObject> seldom = play(new ContactCentre(7, START, 20, 30), time, time);

    assertThat(often).isEqualTo(seldom).hasSizeGreaterThan(1_000);
    assertThat(play(new ContactCentre(8, START, 20, 30), time, time)).isNotEqualTo(seldom);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void statesFitTogetherAtEveryMoment(long seed) {
    ContactCentre centre = new ContactCentre(seed, START, 12, 40);

    for (int tick = 0; tick < 2_400; tick++) {
      centre.advance(START.plusMillis(tick * 250L)).forEach(this::take);
      check();
    }

    assertThat(kept("queues").stream().mapToInt(queue -> queue.getInteger("answered")).sum())
        .isGreaterThan(200);
    assertThat(kept("queues").stream().mapToInt(queue -> queue.getInteger("abandoned")).sum())
        .isPositive();
  }

  private void take(JsonObject event) {
    String keep = event.getString("keep");
    if (keep != null && event.getBoolean("forget", false)) {
      assertThat(state.remove(keep)).as(keep).isNotNull();
    } else if (keep != null) {
      state.put(keep, event.getJsonObject("payload"));
    }
  }

  private List<JsonObject> kept(String collection) {
    return state.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(collection + "/"))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Each call that rings or talks has one agent, who says the same; the others wait in a queue. */
  private void check() {
    Map<String, Long> waiting =
        kept("calls").stream()
            .filter(call -> call.getString("state").equals("waiting"))
            .collect(
                Collectors.groupingBy(call -> call.getString("queue_name"), Collectors.counting()));
    for (JsonObject queue : kept("queues")) {
      assertThat(queue.getLong("waiting"))
          .isEqualTo(waiting.getOrDefault(queue.getString("queue_name"), 0L));
      assertThat(queue.getInteger("answered") + queue.getInteger("abandoned"))
          .isLessThanOrEqualTo(queue.getInteger("offered"));
    }
    for (JsonObject agent : kept("agents")) {
      String call = agent.getString("unique_id");
      boolean busy = List.of("ringing", "talking").contains(agent.getString("state"));
      assertThat(call != null).isEqualTo(busy);
      if (call != null) {
        JsonObject its = requireNonNull(state.get("calls/" + call));
        assertThat(its.getString("state")).isEqualTo(agent.getString("state"));
        assertThat(its.getString("user_id")).isEqualTo(agent.getString("user_id"));
      }
    }
    assertThat(kept("calls").stream().filter(call -> call.getString("user_id") != null).count())
        .isEqualTo(
            kept("agents").stream().filter(agent -> agent.getString("unique_id") != null).count());
  }

  @Test
  void agentOfTheDesktopDoesWhatThePersonWants() {
    ContactCentre centre = new ContactCentre(1, START, 1, 60);
    Instant now = START;
    while (!"ringing".equals(stateOfOwnAgent())) {
      now = now.plusMillis(250);
      centre.advance(now).forEach(this::take);
    }

    ask(centre, now, "answer");
    assertThat(stateOfOwnAgent()).isEqualTo("talking");
    ask(centre, now, "pause");
    assertThat(stateOfOwnAgent()).isEqualTo("talking");
    ask(centre, now, "hang_up");
    assertThat(stateOfOwnAgent()).isEqualTo("wrap_up");
    centre.advance(now.plusSeconds(120)).forEach(this::take);
    assertThat(stateOfOwnAgent()).isEqualTo("paused");
    ask(centre, now.plusSeconds(120), "available");
    assertThat(stateOfOwnAgent()).isIn("available", "ringing");
  }

  private void ask(ContactCentre centre, Instant now, String action) {
    centre.hear(
        new JsonObject()
            .put("type", "desk.request")
            .put("sender", new JsonObject().put("kind", "user").put("id", "agent-01"))
            .put("payload", new JsonObject().put("action", action)));
    centre.advance(now).forEach(this::take);
  }

  private String stateOfOwnAgent() {
    JsonObject agent = state.getOrDefault("agents/agent-01", new JsonObject());
    return agent.getString("state", "");
  }

  @Test
  void visitorOfAPageGetsAnAnswer() {
    ContactCentre centre = new ContactCentre(1, START, 1, 1);
    JsonObject message =
        new JsonObject()
            .put("type", "chat.message")
            .put("session_id", "web-1")
            .put("sender", new JsonObject().put("kind", "visitor").put("id", "web-1"))
            .put("payload", new JsonObject().put("text", "Hello"));

    centre.hear(message);
    List<JsonObject> events = centre.advance(START.plusSeconds(30));

    assertThat(events)
        .filteredOn(event -> "chats/web-1".equals(event.getString("keep")))
        .hasSize(1);
    assertThat(events)
        .filteredOn(event -> "web-1".equals(event.getString("session_id")))
        .extracting(event -> event.getJsonObject("payload").getString("from"))
        .containsExactly("agent");
  }
}
