package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.CloseReason;
import dev.switchboard.event.EventType;
import dev.switchboard.event.ProtocolFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Holds asyncapi.yaml, and what the pages repeat of it, against the code of the sessions. */
class AsyncApiTest {
  private static final Path SESSIONS = Path.of("src/main/java/dev/switchboard/sessions");
  private static final Path SOCKET_INGEST =
      Path.of("src/main/java/dev/switchboard/node/SocketIngest.java");

  private final Map<?, ?> document = read();

  @Test
  void describesEveryWordOfTheProtocolAndNoOther() {
    Set<String> described = new TreeSet<>();
    map("components", "messages")
        .values()
        .forEach(message -> constant((Map<?, ?>) message, described));

    assertThat(described).isEqualTo(new TreeSet<>(EventType.PROTOCOL_TYPES));
  }

  private static void constant(Map<?, ?> message, Set<String> described) {
    Map<?, ?> payload = (Map<?, ?>) requireNonNull(message.get("payload"));
    Map<?, ?> properties = (Map<?, ?>) requireNonNull(payload.get("properties"));
    Map<?, ?> type = (Map<?, ?>) requireNonNull(properties.get("type"));
    if (type.containsKey("const")) {
      described.add(String.valueOf(type.get("const")));
    }
  }

  @Test
  void serverSaysOnlyWhatIsDescribed() throws IOException {
    Set<String> said =
        literals("(?:message|plain|positioned|subscriptions|wholeSet)\\([^\"();{}]*", sources());

    assertThat(said).contains("connected", "pong", "resync");
    assertThat(EventType.PROTOCOL_TYPES).containsAll(said);
  }

  @Test
  void listsEveryErrorCode() throws IOException {
    List<?> listed =
        (List<?>)
            requireNonNull(
                map(
                        "components",
                        "messages",
                        "error",
                        "payload",
                        "properties",
                        "payload",
                        "properties",
                        "code")
                    .get("enum"));

    Set<String> codes = literals("(?:refuse|refused|error)\\([^\";{}]*", sources());

    assertThat(codes).isNotEmpty();
    assertThat(listed.stream().map(String::valueOf)).containsExactlyInAnyOrderElementsOf(codes);
    assertThat(page("error-codes.md"))
        .contains(codes.stream().map(code -> "| `" + code + "` |").toList());
  }

  @Test
  void listsEveryCloseCode() throws IOException {
    Set<String> listed =
        map("x-close-codes").keySet().stream()
            .map(String::valueOf)
            .collect(Collectors.toCollection(TreeSet::new));

    Set<String> codes =
        Stream.concat(
                Arrays.stream(CloseReason.values()).map(CloseReason::code),
                Arrays.stream(ProtocolFault.values()).map(ProtocolFault::code))
            .map(code -> Integer.toString(code))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(listed).isEqualTo(codes);
    assertThat(page("close-codes.md")).contains(codes);
  }

  @Test
  void refersOnlyToWhatIsThere() {
    Set<String> references = new TreeSet<>();
    collectReferences(document, references);

    assertThat(references).isNotEmpty();
    for (String reference : references) {
      assertThat(map(reference.substring("#/".length()).split("/"))).as(reference).isNotNull();
    }
  }

  /** Strict readers of YAML take no numbers as keys, and of parameters only what AsyncAPI names. */
  @Test
  void isReadByStrictParsers() {
    List<Object> keys = new ArrayList<>();
    collectKeys(document, keys);

    assertThat(keys).isNotEmpty().allMatch(String.class::isInstance);
    assertThat(Set.<Object>of("description", "enum", "default", "examples", "location"))
        .containsAll(map("channels", "visitorSocket", "parameters", "sessionId").keySet());
  }

  private static void collectKeys(Object node, List<Object> keys) {
    if (node instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            keys.add(key);
            if (value != null) {
              collectKeys(value, keys);
            }
          });
    } else if (node instanceof List<?> list) {
      list.forEach(element -> collectKeys(element, keys));
    }
  }

  @Test
  void saysOfEveryMessageOfAChannelWhoSendsIt() {
    Set<String> used = new TreeSet<>();
    collectReferences(map("operations"), used);

    Set<String> there = new TreeSet<>();
    map("channels")
        .forEach(
            (channel, described) -> {
              there.add("#/channels/" + channel);
              ((Map<?, ?>) requireNonNull(((Map<?, ?>) described).get("messages")))
                  .keySet()
                  .forEach(name -> there.add("#/channels/" + channel + "/messages/" + name));
            });
    assertThat(used).isEqualTo(there);
  }

  private static void collectReferences(Object node, Set<String> references) {
    if (node instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            if (key.equals("$ref")) {
              references.add(String.valueOf(value));
            } else if (value != null) {
              collectReferences(value, references);
            }
          });
    } else if (node instanceof List<?> list) {
      list.forEach(element -> collectReferences(element, references));
    }
  }

  /** The first text in each call of these methods. */
  private static Set<String> literals(String calls, List<String> sources) {
    Pattern pattern = Pattern.compile("\\b" + calls + "\"([a-z_.]+)\"");
    Set<String> found = new TreeSet<>();
    for (String source : sources) {
      Matcher call = pattern.matcher(source);
      while (call.find()) {
        found.add(call.group(1));
      }
    }
    return found;
  }

  private static List<String> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SESSIONS)) {
      return Stream.concat(
              files.filter(file -> file.toString().endsWith(".java")), Stream.of(SOCKET_INGEST))
          .map(AsyncApiTest::text)
          .toList();
    }
  }

  private static String page(String name) {
    return text(Path.of("src/docs/reference", name));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Map<?, ?> map(String... path) {
    Map<?, ?> node = document;
    for (String step : path) {
      node =
          (Map<?, ?>) requireNonNull(node.get(step), () -> "asyncapi.yaml lacks " + List.of(path));
    }
    return node;
  }

  private static Map<?, ?> read() {
    return new Yaml(new SafeConstructor(new LoaderOptions()))
        .load(text(Path.of("src/main/resources/asyncapi.yaml")));
  }
}
