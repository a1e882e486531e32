package dev.switchboard.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.client.model.Event;
import dev.switchboard.client.model.KeptCollection;
import dev.switchboard.client.model.LoadRequest;
import dev.switchboard.client.model.Names;
import dev.switchboard.client.model.PublishOptions;
import dev.switchboard.client.model.Published;
import dev.switchboard.client.model.Status;
import dev.switchboard.client.model.SwitchboardException;
import dev.switchboard.client.model.TokenRequest;
import dev.switchboard.client.platform.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The machine-readable cases of client-protocol.md, played with the Java client. */
@NullUnmarked // Which members a step has is known.
class ClientCasesTest {
  private static final Path FOLDER = Path.of("src/test/resources/client-cases");

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.sorted().toList()) {
        for (Map<String, Object> one : maps(read(file).get("cases"))) {
          tests.add(
              DynamicTest.dynamicTest(
                  file.getFileName() + ": " + one.get("name"), () -> new Player(one).play()));
        }
      }
    }
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> closes() {
    return maps(read(FOLDER.resolve("closes.json")).get("closes")).stream()
        .flatMap(
            row ->
                Stream.of(0, 1)
                    .map(
                        index ->
                            DynamicTest.dynamicTest(
                                row.get("code") + " \"" + row.get("text") + "\" " + index,
                                () -> closeLive(row, index))));
  }

  private static void closeLive(Map<String, Object> row, int index) {
    Player player = new Player(Map.of("random", (long) index));
    player.loop.settle();
    player.wire.last().welcome(Map.of("position", "k:4"));
    player.loop.advance(10_000);
    player.wire.last().end(number(row.get("code")), (String) row.get("text"));
    player.loop.settle();
    Status status = player.session.status();
    assertThat(name(status.state())).isEqualTo(row.get("state"));
    assertThat(name(status.reason())).isEqualTo(row.get("reason"));
    if (!(row.get("delay_ms") instanceof List<?> delays)) {
      player.loop.advance(3_600_000);
      assertThat(player.wire.sockets).hasSize(1);
      return;
    }
    assertThat(status.retryAt().toEpochMilli() - player.loop.now())
        .isEqualTo((long) number(delays.get(index)));
    player.loop.advance(number(delays.get(1)));
    assertThat(player.wire.sockets).hasSize(2);
    assertThat(player.wire.last().query()).containsEntry("after", "k:4");
    assertThat(name(player.tokenRequests.get(1)))
        .isEqualTo(row.getOrDefault("token_reason", "connect"));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> read(Path file) {
    try {
      return (Map<String, Object>) Json.read(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> maps(@Nullable Object list) {
    return list == null ? List.of() : (List<Map<String, Object>>) list;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object value) {
    return value == null ? Map.of() : (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  private static List<String> texts(@Nullable Object value) {
    return value == null ? List.of() : (List<String>) value;
  }

  private static int number(Object value) {
    return ((Number) value).intValue();
  }

  private static @Nullable String name(@Nullable Enum<?> constant) {
    return constant == null ? null : constant.name().toLowerCase(Locale.ROOT);
  }

  /** Plays one case: the server's part as it is written, and looks at what the client does. */
  private static final class Player {
    private final ManualClientLoop loop;
    private final ScriptedWire wire = new ScriptedWire();
    private final ClientSession session;
    private final List<Map<String, Object>> steps;
    private final List<String> tokens;
    private final List<TokenRequest> tokenRequests = new ArrayList<>();
    private final List<String> delivered = new ArrayList<>();
    private final List<Map<String, Object>> resyncs = new ArrayList<>();
    private final List<Load> loads = new ArrayList<>();
    private final Map<String, CompletableFuture<?>> calls = new HashMap<>();
    private final Map<String, Object> refs = new HashMap<>();
    private int seenSockets;

    private static final class Load {
      private final LoadRequest request;
      private final CompletableFuture<Void> result = new CompletableFuture<>();
      private boolean seen;

      Load(LoadRequest request) {
        this.request = request;
      }
    }

    Player(Map<String, Object> one) {
      Map<String, Object> options = map(one.get("client"));
      this.steps = maps(one.get("steps"));
      this.loop = new ManualClientLoop(((Number) one.getOrDefault("random", 1L)).doubleValue());
      this.tokens = texts(options.getOrDefault("token", List.of("token")));
      this.session = new ClientSession(settings(options), loop, wire);
      texts(options.getOrDefault("listen", List.of("*")))
          .forEach(pattern -> session.listen(pattern, event -> delivered.add(nameOf(event))));
      session.listenToResyncs(
          reason -> resyncs.add(Map.of("reason", reason.name().toLowerCase(Locale.ROOT))));
      session.connect();
    }

    private Settings settings(Map<String, Object> options) {
      boolean loading = Boolean.TRUE.equals(options.get("load"));
      return new Settings(
          URI.create("https://events.example.com"),
          "/ws",
          Map.of(),
          "token",
          this::token,
          loading ? this::load : null,
          names(options),
          !Boolean.FALSE.equals(options.get("autoAck")),
          failure -> {});
    }

    private static Names names(Map<String, Object> options) {
      return new Names(
          texts(options.get("events")),
          texts(options.get("topics")),
          texts(options.get("users")),
          texts(options.get("kept")));
    }

    private CompletionStage<String> token(TokenRequest request) {
      tokenRequests.add(request);
      String token = tokens.get(Math.min(tokenRequests.size(), tokens.size()) - 1);
      return CompletableFuture.completedFuture(token);
    }

    private CompletionStage<?> load(LoadRequest request) {
      Load load = new Load(request);
      loads.add(load);
      return load.result;
    }

    private static String nameOf(Event event) {
      String eventId = event.eventId() == null ? event.type() : event.eventId();
      return event.id() == null ? eventId : event.id();
    }

    void play() {
      for (int i = 0; i < steps.size(); i++) {
        Map<String, Object> step = steps.get(i);
        try {
          loop.settle();
          play(step);
          loop.settle();
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("step " + (i + 1) + " " + Json.write(step) + ": " + e, e);
        }
      }
    }

    private void play(Map<String, Object> step) {
      String name = step.keySet().iterator().next();
      Object value = step.get(name);
      switch (name) {
        case "welcome" -> {
          seenSockets = wire.sockets.size();
          wire.last().welcome(map(value));
        }
        case "opens" -> wire.last().open();
        case "says" -> say(map(value));
        case "says_many" -> sayMany(map(value));
        case "closes" ->
            wire.last()
                .end(
                    number(map(value).get("code")), (String) map(value).getOrDefault("reason", ""));
        case "advance_ms" -> loop.advance(number(value));
        case "sleep_ms" -> loop.sleep(number(value));
        case "client" -> call(map(value));
        case "load" -> endLoad(value.equals("succeeds"));
        default -> expect(name, value, step);
      }
    }

    private void say(Map<String, Object> message) {
      Map<String, Object> said = new LinkedHashMap<>(message);
      if (message.get("ref") instanceof String ref && ref.startsWith("$")) {
        said.put("ref", refs.get(ref.substring(1)));
      }
      wire.last().say(said);
    }

    private void sayMany(Map<String, Object> many) {
      int from = number(many.get("from"));
      for (int i = from; i < from + number(many.get("count")); i++) {
        String id = ((String) many.get("id")).replace("#", Integer.toString(i));
        wire.last()
            .say(
                Map.of(
                    "id",
                    id,
                    "type",
                    "call.incoming",
                    "tenant_id",
                    "tenant-123",
                    "payload",
                    Map.of()));
      }
    }

    private void call(Map<String, Object> action) {
      CompletableFuture<?> result = new CompletableFuture<>();
      if (action.containsKey("publish")) {
        result = publish(map(action.get("publish")));
      } else if (action.containsKey("subscribe")) {
        Map<String, Object> wanted = map(action.get("subscribe"));
        result = session.subscribe(names(wanted), (String) wanted.get("after"));
      } else if (action.containsKey("unsubscribe")) {
        result = session.unsubscribe(names(map(action.get("unsubscribe"))));
      } else if (action.containsKey("ack")) {
        session.acknowledge(texts(action.get("ack")));
      } else if (action.containsKey("kept")) {
        result = session.subscribe(Names.ofKept((String) action.get("kept")), null);
      } else {
        throw new AssertionError("unknown call");
      }
      if (action.get("as") instanceof String name) {
        calls.put(name, result);
      }
    }

    private CompletableFuture<Published> publish(Map<String, Object> wanted) {
      PublishOptions options = PublishOptions.DEFAULT;
      for (Map.Entry<String, Object> one : map(wanted.get("options")).entrySet()) {
        Object value = one.getValue();
        options =
            switch (one.getKey()) {
              case "event_id" -> options.eventId((String) value);
              case "session_id" -> options.sessionId((String) value);
              case "user_id" -> options.userId((String) value);
              case "topic" -> options.topic((String) value);
              case "unordered" -> options.unordered();
              case "volatile" -> options.notRepeated();
              case "timeout" -> options.timeout(Duration.ofMillis(number(value)));
              default -> throw new AssertionError("unknown option " + one.getKey());
            };
      }
      return session.publish((String) wanted.get("type"), wanted.get("payload"), options);
    }

    private void endLoad(boolean succeeds) {
      Load last = loads.get(loads.size() - 1);
      if (succeeds) {
        last.result.complete(null);
      } else {
        last.result.completeExceptionally(new IllegalStateException("no data"));
      }
    }

    private void expect(String name, Object value, Map<String, Object> step) {
      switch (name) {
        case "connects" -> expectConnection(map(value));
        case "reconnects" -> {
          seenSockets = wire.sockets.size();
          wire.last().end(1006, "");
          loop.advance(20_000);
          expectConnection(Map.of("query", value));
        }
        case "no_connection" ->
            assertThat(wire.sockets).hasSize(seenSockets == 0 ? 1 : seenSockets);
        case "sends" -> expectMessage(map(value), (String) step.get("ref"));
        case "sends_nothing" -> assertThat(wire.last().sent).isEmpty();
        case "delivers" -> {
          assertThat(delivered).isEqualTo(value);
          delivered.clear();
        }
        case "resyncs" -> expectResyncs(maps(value));
        case "status" -> expectStatus(map(value));
        case "asked_for_token" ->
            assertThat(name(tokenRequests.get(tokenRequests.size() - 1)))
                .isEqualTo(map(value).get("reason"));
        case "loads" -> expectLoad(map(value));
        case "loads_nothing" -> assertThat(loads).allMatch(load -> load.seen);
        case "load_aborted" -> {
          Load seen = loads.stream().filter(load -> load.seen).reduce((a, b) -> b).orElseThrow();
          assertThat(seen.request.cancelled().getAsBoolean()).isTrue();
          seen.result.complete(null);
        }
        case "settled" -> map(value).forEach((call, outcome) -> expectOutcome(call, map(outcome)));
        case "pending" ->
            texts(value).forEach(call -> assertThat(calls.get(call)).isNotCompleted());
        case "kept" -> map(value).forEach((kept, expected) -> expectKept(kept, map(expected)));
        default -> throw new AssertionError("unknown step");
      }
    }

    private void expectConnection(Map<String, Object> expected) {
      assertThat(wire.sockets).hasSize(seenSockets + 1);
      seenSockets++;
      Map<String, String> query = wire.last().query();
      map(expected.get("query")).forEach((k, v) -> assertThat(query).containsEntry(k, (String) v));
      texts(expected.get("without")).forEach(k -> assertThat(query).doesNotContainKey(k));
      // A Java client sends its token as Authorization.
      for (String protocol : texts(expected.get("protocols"))) {
        if (protocol.startsWith("bearer.")) {
          assertThat("bearer." + wire.last().token()).isEqualTo(protocol);
        }
      }
    }

    private void expectMessage(Map<String, Object> expected, @Nullable String ref) {
      assertThat(wire.last().sent).isNotEmpty();
      Map<String, @Nullable Object> message = wire.last().sent.remove(0);
      expectIncluded(message, expected);
      if (ref != null) {
        refs.put(ref, message.get("ref"));
      }
    }

    private void expectResyncs(List<Map<String, Object>> expected) {
      assertThat(resyncs)
          .isEqualTo(expected.stream().map(one -> Map.of("reason", one.get("reason"))).toList());
      resyncs.clear();
    }

    private void expectStatus(Map<String, Object> expected) {
      Status status = session.status();
      Map<String, @Nullable Object> shown = new HashMap<>();
      shown.put("state", name(status.state()));
      shown.put("reason", name(status.reason()));
      shown.put("loading", status.loading());
      shown.put("degraded", status.state() == Status.State.DEGRADED);
      shown.put("retryAt", status.retryAt() == null ? null : status.retryAt().toEpochMilli());
      expected.keySet().retainAll(shown.keySet());
      expectIncluded(shown, expected);
    }

    private void expectLoad(Map<String, Object> expected) {
      List<Load> unseen = loads.stream().filter(load -> !load.seen).toList();
      assertThat(unseen).hasSize(1);
      unseen.get(0).seen = true;
      LoadRequest request = unseen.get(0).request;
      assertThat(request.cancelled().getAsBoolean()).isFalse();
      Map<String, @Nullable Object> shown =
          Map.of("reason", name(request.reason()), "position", request.position());
      expectIncluded(shown, expected);
    }

    private void expectOutcome(String call, Map<String, Object> expected) {
      CompletableFuture<?> result = calls.get(call);
      if (expected.containsKey("rejected")) {
        assertThat(result).isCompletedExceptionally();
        SwitchboardException failure =
            (SwitchboardException) cause(result.handle((ok, failed) -> failed).join());
        Map<String, @Nullable Object> shown = new HashMap<>();
        shown.put("code", failure.code());
        shown.put("message", failure.getMessage());
        shown.put("outcome", name(failure.outcome()));
        expectIncluded(shown, map(expected.get("rejected")));
      } else {
        assertThat(result).isCompleted();
        if (result.join() instanceof Published published) {
          Map<String, @Nullable Object> shown = new HashMap<>();
          shown.put("id", published.id());
          shown.put("event_id", published.eventId());
          expectIncluded(shown, map(expected.get("resolved")));
        }
      }
    }

    private static Throwable cause(Throwable failure) {
      return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    private void expectKept(String name, Map<String, Object> expected) {
      KeptCollection collection = session.kept(name);
      Map<String, @Nullable Object> payloads = new HashMap<>();
      collection.events().forEach((key, event) -> payloads.put(key, event.payload()));
      assertThat(payloads).isEqualTo(expected.get("keys"));
      if (expected.containsKey("complete")) {
        assertThat(collection.isComplete()).isEqualTo(expected.get("complete"));
      }
      if (expected.get("since") instanceof String since) {
        assertThat(collection.since()).hasToString(since);
      }
    }

    /** Every member that is expected is there; others may be. */
    private static void expectIncluded(Map<String, ?> actual, Map<String, Object> expected) {
      expected.forEach(
          (name, value) -> {
            if (value instanceof Map<?, ?>) {
              expectIncluded(map(actual.get(name)), map(value));
            } else {
              assertThat((Object) actual.get(name)).as(name).isEqualTo(value);
            }
          });
    }
  }
}
