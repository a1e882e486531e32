package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.RolesConfig;
import dev.switchboard.event.EventType;
import dev.switchboard.event.Topic;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RolesTest {
  private final Roles roles = new Roles(ConfigLoader.defaults(name -> null).auth().roles());

  @Test
  void onlyAdminsSeeWebhookEvents() {
    EventType webhook = new EventType("webhook.disabled");

    assertThat(roles.of("admin").see().allows(webhook)).isTrue();
    assertThat(roles.of("agent").see().allows(webhook)).isFalse();
    assertThat(roles.of("agent").see().allows(new EventType("call.incoming"))).isTrue();
  }

  @Test
  void visitorMayUseOnlyItsChat() {
    Role visitor = roles.of(Roles.VISITOR);

    assertThat(visitor.see().allows(new EventType("call.incoming"))).isFalse();
    assertThat(visitor.publish().allows(EventType.CHAT_MESSAGE)).isTrue();
    assertThat(visitor.topics().allows(new Topic("callcenter:custom:x"))).isFalse();
    assertThat(visitor.scopes()).isEmpty();
  }

  @Test
  void visitorRoleKeepsItsDefaultIfNoSettingNamesIt() {
    Map<String, List<String>> everything = Map.of("*", List.of("*"));
    Map<String, List<String>> everyScope = Map.of("*", List.of("events:write", "admin"));

    Role visitor =
        new Roles(new RolesConfig(everything, everything, everything, everything, everyScope))
            .of(Roles.VISITOR);

    assertThat(visitor.see()).isEqualTo(roles.of(Roles.VISITOR).see());
    assertThat(visitor.publish()).isEqualTo(roles.of(Roles.VISITOR).publish());
    assertThat(visitor.topics().allows(new Topic("callcenter:custom:x"))).isFalse();
    assertThat(visitor.scopes()).isEmpty();
  }

  @Test
  void noSettingAllowsVisitorsToPublishMoreThanChat() {
    Map<String, List<String>> generous = Map.of(Roles.VISITOR, List.of("*", "!chat.typing"));

    TypeRule publish =
        new Roles(new RolesConfig(Map.of(), generous, Map.of(), Map.of(), Map.of()))
            .of(Roles.VISITOR)
            .publish();

    assertThat(publish.allows(EventType.CHAT_MESSAGE)).isTrue();
    assertThat(publish.allows(EventType.CHAT_TYPING)).isFalse();
    assertThat(publish.allows(new EventType("call.incoming"))).isFalse();
    assertThat(publish.allows(new EventType("chat.transferred"))).isFalse();
  }

  @Test
  void unnamedRoleHasTheRightsOfAnyOther() {
    assertThat(roles.of("receptionist").scopes()).isEqualTo(roles.of("agent").scopes());
    assertThat(roles.of("receptionist").name()).isEqualTo("receptionist");
  }

  @Test
  void topicsAreIncludedByPrefixAndExcluded() {
    TopicRule rule = new TopicRule(List.of("callcenter:custom:*", "!callcenter:custom:board"));

    assertThat(rule.allows(new Topic("callcenter:custom:alerts"))).isTrue();
    assertThat(rule.allows(new Topic("callcenter:custom:board"))).isFalse();
    assertThat(rule.allows(new Topic("callcenter:other"))).isFalse();
  }

  @Test
  void malformedSettingIsNamed() {
    RolesConfig bad =
        new RolesConfig(
            Map.of("clerk", List.of("Not.A.Type")), Map.of(), Map.of(), Map.of(), Map.of());

    assertThatThrownBy(() -> new Roles(bad)).hasMessageContaining("auth.roles.see.clerk");
  }
}
