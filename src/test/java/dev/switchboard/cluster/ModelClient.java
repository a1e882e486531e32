package dev.switchboard.cluster;

import dev.switchboard.recovery.Judge;
import dev.switchboard.recovery.SubscriptionSet;
import dev.switchboard.recovery.Truth;
import dev.switchboard.recovery.Viewer;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A client as users write it: keeps its cursor, comes back with it, and writes down what it heard.
 */
final class ModelClient {
  private final String name;
  private final Viewer viewer;
  private final Set<String> otherTenants;
  private final Truth truth;
  private final SubscriptionSet firstSet;
  private final List<Judge.Heard> journal = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final Map<String, Long> cursor = new HashMap<>();
  private SubscriptionSet wanted;
  private boolean subscribed;
  private boolean live;
  private String widgetKey = "";
  private @Nullable SubscriptionSet asked;
  private @Nullable WsClient socket;

  ModelClient(
      String name, Viewer viewer, Set<String> otherTenants, SubscriptionSet wanted, Truth truth) {
    this.name = name;
    this.viewer = viewer;
    this.otherTenants = otherTenants;
    this.firstSet = wanted;
    this.wanted = wanted;
    this.subscribed = !wanted.patterns().contains("*");
    this.truth = truth;
  }

  String tenant() {
    return viewer.tenant();
  }

  boolean isConnected() {
    return socket != null;
  }

  /** Whether the answer to a subscription is still to come. */
  boolean isWaiting() {
    return asked != null;
  }

  private void note(String line) {
    lines.add(line.length() < 400 ? line : line.substring(0, 400));
  }

  /** A visitor of a web chat, let in by that key. */
  void comesBy(String key) {
    widgetKey = key;
  }

  /** Connects; with its cursor, if it is to miss nothing. */
  void connect(TestNode node, boolean resume) {
    String query =
        (subscribed ? "&events=" + String.join(",", wanted.patterns()) : "")
            + (resume && !cursor.isEmpty() ? "&after=" + position() : "");
    note("connects with " + query);
    live = false;
    socket =
        viewer.user() == null
            ? WsClient.open(
                node, "/ws/public/" + viewer.chat() + "?widget_key=" + widgetKey + query)
            : WsClient.open(
                node,
                "/ws?topics=" + String.join(",", wanted.topics()) + query,
                "Authorization",
                "Bearer " + TestTokens.user(viewer.tenant(), viewer.user()));
  }

  private String position() {
    return cursor.entrySet().stream()
        .map(place -> place.getKey() + ":" + place.getValue())
        .collect(Collectors.joining("."));
  }

  /** Goes without a word. */
  void disconnect() {
    drain();
    if (socket != null) {
      socket.close();
      socket = null;
    }
    if (asked != null) {
      wanted = asked;
      asked = null;
    }
    SubscriptionSet next = wanted;
    journal.add(judge -> judge.left(next));
    note("leaves");
  }

  void subscribe(SubscriptionSet more) {
    SubscriptionSet base = subscribed ? wanted : new SubscriptionSet(Set.of(), wanted.topics());
    boolean speaksOfEvents = !more.patterns().isEmpty();
    boolean sent = ask("subscribe", more, speaksOfEvents ? base.with(more) : wanted.with(more));
    subscribed |= sent && speaksOfEvents;
  }

  void unsubscribe(SubscriptionSet less) {
    boolean counts = subscribed || less.patterns().contains("*");
    boolean sent =
        ask("unsubscribe", less, counts ? wanted.without(less) : wanted.without(topicsOf(less)));
    subscribed |= sent && counts;
  }

  private static SubscriptionSet topicsOf(SubscriptionSet some) {
    return new SubscriptionSet(Set.of(), some.topics());
  }

  private boolean ask(String type, SubscriptionSet named, SubscriptionSet result) {
    drain();
    if (!live || socket == null || asked != null || viewer.user() == null) {
      return false;
    }
    JsonObject payload = new JsonObject().put("topics", new JsonArray(List.copyOf(named.topics())));
    if (!named.patterns().isEmpty()) {
      payload.put("events", new JsonArray(List.copyOf(named.patterns())));
    }
    asked = result;
    journal.add(judge -> judge.asked(result));
    note(type + " " + payload);
    socket.send(type, payload);
    return true;
  }

  void ping() {
    drain();
    if (socket != null) {
      socket.send("ping", new JsonObject());
    }
  }

  /** Takes in what has come. */
  void drain() {
    if (socket == null) {
      return;
    }
    while (socket.unread() > 0) {
      heard(socket.nextText());
    }
    WsClient.@Nullable Closed end = socket.closedAlready();
    if (end != null) {
      faults.add(name + ": the server closed it: " + end);
      socket = null;
    }
  }

  private void heard(String text) {
    note(text);
    otherTenants.stream()
        .filter(text::contains)
        .forEach(other -> faults.add(name + ": bytes of " + other + ": " + text));
    JsonObject message = new JsonObject(text);
    String id = message.getString("id");
    if (id != null) {
      Truth.Event event = Truth.Event.of(message);
      truth.learn(event);
      cursor.put(event.epoch(), event.offset());
    } else if (message.getValue("payload") instanceof JsonObject payload
        && payload.containsKey("position")) {
      cursor.clear();
      cursor.putAll(Judge.positions(payload));
    }
    live |= message.getString("type").equals("connected");
    if (asked != null && isAnswer(message.getString("type"))) {
      wanted = asked;
      asked = null;
    }
    journal.add(judge -> judge.message(message));
  }

  private static boolean isAnswer(String type) {
    return type.equals("subscribed") || type.equals("unsubscribed");
  }

  /** Whether it is known to have had everything up to there. */
  boolean hasReached(Truth.Event event) {
    return cursor.getOrDefault(event.epoch(), -1L) >= event.offset();
  }

  /** What is wrong with all that it heard. */
  List<String> faults() {
    List<String> all = new ArrayList<>(faults);
    all.addAll(new Judge(name, viewer, firstSet, truth).judge(journal));
    return all;
  }

  /** What happened to it, latest last. */
  String story(int most) {
    List<String> telling = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      boolean pongs = isPong(lines.get(i)) && i + 1 < lines.size() && isPong(lines.get(i + 1));
      if (!pongs) {
        telling.add(lines.get(i));
      }
    }
    return String.join("\n  ", telling.subList(Math.max(0, telling.size() - most), telling.size()));
  }

  private static boolean isPong(String line) {
    return line.startsWith("{\"type\":\"pong\"");
  }
}
