package dev.switchboard.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Role;
import dev.switchboard.auth.TopicRule;
import dev.switchboard.auth.TypeRule;
import dev.switchboard.config.SchemasConfig;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.fuzz.FuzzTarget;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Events of which some fields are known: from sockets of users and visitors, and for an inbox.
 * Whatever a client sends, it can't set what is known: tenant, sender, chat, prefix of the id.
 */
class PersonalEventFuzzTest extends FuzzTarget {
  private static final TenantId TENANT = new TenantId("tenant-123");
  private static final UserId USER = new UserId("auth0|7=a:b@c+d.e_f~g-h");
  private static final ChatSessionId CHAT = new ChatSessionId("chat-1");
  private static final Role ROLE =
      new Role("agent", TypeRule.ALL, TypeRule.ALL, new TopicRule(List.of("*")), Set.of());
  private static final Principal.User AGENT =
      new Principal.User(TENANT, USER, ROLE, Instant.EPOCH, Instant.MAX, null);
  private static final Principal.Visitor VISITOR = visitor();

  private final MessageReader reader =
      new MessageReader(
          new EventRules(
              "callcenter",
              2_000,
              5,
              new PayloadCheck(
                  new SchemasConfig(SchemasConfig.Mode.off, Map.of()), new SimpleMeterRegistry()),
              Clock.fixed(Instant.parse("2026-11-29T12:00:00Z"), ZoneOffset.UTC)));

  private static Principal.Visitor visitor() {
    return new Principal.Visitor(TENANT, CHAT, ROLE, "widget");
  }

  @Override
  protected void check(byte[] input) {
    checkFrom(AGENT, text(input));
    checkFrom(VISITOR, text(input));
    try {
      EventDraft draft = reader.forUser(input, TENANT, USER);
      assertThat(draft.tenant()).isEqualTo(TENANT);
      assertThat(draft.user()).isEqualTo(USER);
      assertThat(draft.topic()).isNull();
      assertThat(draft.sender()).isNull();
    } catch (InvalidEventsException refused) {
      assertThat(refused).message().isNotEmpty();
    }
  }

  private void checkFrom(Principal.Participant person, String message) {
    EventDraft draft;
    try {
      draft = reader.fromSocket(message, person);
    } catch (InvalidEventsException refused) {
      assertThat(refused).message().isNotEmpty();
      return;
    }
    assertThat(draft.tenant()).isEqualTo(TENANT);
    assertThat(draft.sender()).isEqualTo(person.sender());
    if (draft.id() != null) {
      assertThat(draft.id().value()).startsWith(IdNamespace.of(person));
    }
    if (person instanceof Principal.Visitor) {
      assertThat(draft.chatSession()).isEqualTo(CHAT);
      assertThat(draft.user()).isNull();
      assertThat(draft.topic()).isNull();
    }
  }
}
