package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is tried before a start is what the scripts and the documentation name. */
class RedisRightsTest {
  private static final Pattern RULE = Pattern.compile("ACL SETUSER switchboard (.*)");

  /** Sent by the client library and while a connection is opened. */
  private static final Set<String> OF_CONNECTIONS =
      Set.of("role", "select", "asking", "subscribe", "unsubscribe");

  private final RedisRights rights = new RedisRights(new Keys("callcenter"), "unused");

  @Test
  void everyCommandOfAScriptIsTried() {
    assertThat(RedisRights.commands()).containsAll(RedisRights.ofScripts());
    assertThat(RedisRights.ofScripts()).contains("hset", "xadd", "hscan");
  }

  @Test
  void documentedRuleGrantsWhatIsTriedAndNothingElse() throws IOException {
    Matcher rule = RULE.matcher(Files.readString(Path.of("src/docs/operate/redis.md")));
    assertThat(rule.find()).isTrue();

    Set<String> granted =
        Arrays.stream(rule.group(1).split("\\s+"))
            .filter(part -> part.startsWith("+"))
            .map(part -> part.substring(1).replaceAll("\\|.*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> needed = new TreeSet<>(RedisRights.commands());
    needed.addAll(OF_CONNECTIONS);

    assertThat(granted).isEqualTo(needed);
  }

  @Test
  void keysAndChannelsHaveAPatternThatIsGranted() {
    List<String> all = rights.keys();

    assertThat(all)
        .allMatch(key -> key.startsWith("callcenter:") || key.startsWith("switchboard:"));
    assertThat(rights.channels())
        .contains("callcenter:events", "switchboard:control", "callcenter:custom:unused");
    assertThat(rights.pattern("callcenter:events")).isEqualTo("callcenter:*");
  }
}
