package dev.switchboard.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Names of every kind. An accepted one is printed as it was sent, and stands in an envelope without
 * escapes; ids of presence events name their user.
 */
class NameFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    String text = text(input);
    checkName(text, TenantId::new);
    checkName(text, EventId::new);
    checkName(text, ChatSessionId::new);
    checkName(text, EventType::new);
    checkName(text, EventPattern::new);
    checkName(text, Topic::new);
    checkName(text, KeptKey::parse);
    checkName(text, name -> Topic.under("callcenter", name));
    UserId user = checkName(text, UserId::new);
    if (user != null) {
      EventId id = PresenceEventId.of(user, 1_800_000_000_000L);
      assertThat(PresenceEventId.prefixOf(id)).isEqualTo(PresenceEventId.prefixFor(user));
      assertThat(Sender.of(user)).isEqualTo(Sender.parse("user", text));
    }
  }

  @CanIgnoreReturnValue
  private static <T> @Nullable T checkName(String text, Function<String, T> make) {
    T name;
    try {
      name = make.apply(text);
    } catch (InvalidNameException refused) {
      assertThat(refused).message().isNotEmpty();
      return null;
    }
    assertThat(name).hasToString(text);
    assertThat(text).matches("\\A[!-~]+\\z").doesNotContain("\"", "\\");
    JsonObject envelope = JsonTrees.object("{\"n\":\"" + name + "\"}").orElseThrow();
    assertThat(Objects.requireNonNull(envelope.getString("n"))).isEqualTo(text);
    return name;
  }
}
