package dev.switchboard.chaos;

import dev.switchboard.chaos.ResumingClient.Event;
import dev.switchboard.chaos.ResumingClient.User;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What happens on a site all the time: clients of both nodes, a watcher, producers, a webhook. */
final class Traffic implements AutoCloseable {
  private static final int CLIENTS_PER_NODE = 3;
  private static final Duration BETWEEN_EVENTS = Duration.ofMillis(20);
  private static final Duration BETWEEN_MESSAGES = Duration.ofMillis(150);
  private static final Duration MAX_WAIT = Duration.ofSeconds(90);
  private static final String STRANGER = "stranger";

  private final Site site;
  private final List<ResumingClient> clients = new ArrayList<>();
  private final ResumingClient watcher;
  private final ResumingClient stranger;
  private final WebhookReceiver receiver = new WebhookReceiver();
  private final Set<String> calls = new HashSet<>();
  private int nextEvent;
  private int probes;

  Traffic(Site site) {
    this.site = site;
    for (int i = 0; i < CLIENTS_PER_NODE; i++) {
      clients.add(client(site.tenant(), "a" + i, "agent", "events=call.*", fromA()));
      clients.add(client(site.tenant(), "b" + i, "agent", "events=call.*", fromB()));
    }
    watcher = client(site.tenant(), "watcher", "supervisor", "events=presence.*", fromA());
    stranger = client(STRANGER, "stranger", "admin", "events=*", fromB());
    site.postgres()
        .execute(
            "INSERT INTO webhooks (tenant_id, name, url, events, timeout, retry_schedule) VALUES ('"
                + site.tenant()
                + "', 'mine', '"
                + receiver.url()
                + "', '[\"call.*\"]', 3, '[0.1,0.2,0.5,1,1,2,2,5,5]')");
  }

  private static ResumingClient client(
      String tenant, String user, String role, String query, List<Integer> ports) {
    return new ResumingClient(new User(tenant, user, role), query, ports);
  }

  private List<Integer> fromA() {
    return List.of(site.portA());
  }

  private List<Integer> fromB() {
    return List.of(site.clientPortB(), site.portA());
  }

  /** Waits until all is as it should be, and every client is at its own node. */
  void settle() {
    site.awaitHealthy();
    all().forEach(ResumingClient::moveHome);
    Waiting.until(
        "every client is connected", MAX_WAIT, () -> all().allMatch(ResumingClient::isHome));
    awaitEverybodyOnline();
    site.backendPorts().forEach(this::awaitWebhook);
  }

  /** Waits until a node knows the webhook, which was inserted while it ran. */
  private void awaitWebhook(int port) {
    Waiting.until(
        "the node delivers events to the webhook",
        MAX_WAIT,
        () ->
            Calls.post(port, "/api/v1/events", probe())
                .map(answer -> new JsonObject(answer.body()).getInteger("deliveries", 0))
                .filter(deliveries -> deliveries > 0)
                .isPresent());
  }

  /** An event that is not numbered. */
  private String probe() {
    return new JsonObject()
        .put("tenant_id", site.tenant())
        .put("type", "call.answered")
        .put("event_id", "probe-" + probes++)
        .put("payload", -1)
        .encode();
  }

  private Stream<ResumingClient> all() {
    List<ResumingClient> all = new ArrayList<>(clients);
    all.add(watcher);
    all.add(stranger);
    return all.stream();
  }

  List<ResumingClient> clients() {
    return clients;
  }

  ResumingClient watcher() {
    return watcher;
  }

  ResumingClient stranger() {
    return stranger;
  }

  /** Begins to publish events for everybody. */
  Producer startEvents() {
    return new Producer(
        site.backendPorts(),
        number ->
            new JsonObject()
                .put("tenant_id", site.tenant())
                .put("type", "call.incoming")
                .put("event_id", eventId(number))
                .put("payload", number),
        nextEvent,
        BETWEEN_EVENTS);
  }

  /** Begins to publish messages, numbered from 0, for a user who is away. */
  Producer startMessages(String user) {
    return new Producer(
        site.backendPorts(),
        number ->
            new JsonObject()
                .put("tenant_id", site.tenant())
                .put("type", "notification")
                .put("event_id", user + "-" + number)
                .put("user_id", user)
                .put("payload", number),
        0,
        BETWEEN_MESSAGES);
  }

  private String eventId(int number) {
    return "n-" + number;
  }

  /** Waits until every client has received an event that was accepted from now on, then stops. */
  Map<Integer, String> stopEvents(Producer events) {
    try {
      awaitNumber(events.last() + 1, events);
      Map<Integer, String> accepted = events.stop();
      awaitNumber(events.last(), events);
      return accepted;
    } finally {
      nextEvent = events.last() + 1;
    }
  }

  private void awaitNumber(int number, Producer events) {
    try {
      Waiting.until(
          "every client has received event " + number,
          MAX_WAIT,
          () -> events.last() >= number && clients.stream().allMatch(one -> last(one) >= number));
    } catch (AssertionError e) {
      StringBuilder message = new StringBuilder(e.getMessage());
      message.append(", accepted up to ").append(events.last());
      clients.forEach(one -> message.append(", ").append(one.id()).append(' ').append(last(one)));
      throw new AssertionError(message.toString(), e);
    }
  }

  private static int last(ResumingClient client) {
    List<ResumingClient.Noted> all = client.since(Math.max(0, client.mark() - 20));
    for (int i = all.size() - 1; i >= 0; i--) {
      if (all.get(i) instanceof Event event) {
        return event.number();
      }
    }
    return -1;
  }

  /** A client of a user who was away. */
  ResumingClient returning(String user) {
    return client(site.tenant(), user, "agent", "events=nothing", fromA());
  }

  /** Calls that the webhook has received, each as {@code event id, attempt}. */
  Set<String> calls() {
    while (receiver.unread() > 0) {
      WebhookReceiver.Call call = receiver.next();
      calls.add(call.header("X-Webhook-Event-ID") + " " + call.header("X-Webhook-Attempt"));
    }
    return calls;
  }

  /** Attempts that are in the log, in the same form. */
  Set<String> loggedAttempts() {
    Set<String> logged = new HashSet<>();
    site.postgres()
        .query("SELECT event_id, attempt FROM webhook_logs")
        .forEach(row -> logged.add(row.get(0) + " " + row.get(1)));
    return logged;
  }

  /** Deliveries that are still owed. */
  int owed() {
    return site.postgres().query("SELECT 1 FROM webhook_deliveries").size();
  }

  String callOf(int number) {
    return eventId(number) + " ";
  }

  /**
   * Repeats an accepted event, as often as the server can't answer for now; answers the id that it
   * names.
   */
  String repeat(int number) {
    String event =
        new JsonObject()
            .put("tenant_id", site.tenant())
            .put("type", "call.incoming")
            .put("event_id", eventId(number))
            .put("payload", number)
            .encode();
    List<String> named = new ArrayList<>();
    Waiting.until(
        "the repeat of event " + number + " is answered",
        MAX_WAIT,
        () -> {
          Calls.post(site.portA(), "/api/v1/events", event)
              .filter(answer -> answer.statusCode() < 500)
              .map(answer -> new JsonObject(answer.body()).getString("id", answer.body()))
              .ifPresent(named::add);
          return !named.isEmpty();
        });
    return named.get(0);
  }

  void awaitEverybodyOnline() {
    Set<String> everybody = new TreeSet<>(Set.of("watcher"));
    clients.forEach(client -> everybody.add(client.id()));
    Set<String> online = new TreeSet<>();
    try {
      Waiting.until(
          "everybody is online",
          MAX_WAIT,
          () -> {
            online.clear();
            online.addAll(online());
            return online.containsAll(everybody);
          });
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + ", but only " + online, e);
    }
  }

  private Set<String> online() {
    Set<String> online = new TreeSet<>();
    Calls.get(site.portA(), "/api/v1/tenants/" + site.tenant() + "/presence")
        .map(answer -> new JsonObject(answer.body()).getJsonArray("users", new JsonArray()))
        .ifPresent(users -> users.forEach(user -> online.add(user.toString())));
    return online;
  }

  @Override
  public void close() {
    all().forEach(ResumingClient::close);
    receiver.close();
  }
}
