package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.HeartbeatRound.Group;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HeartbeatRoundTest {
  private static final int SLICES = 10;

  private final HeartbeatRound round = new HeartbeatRound(SLICES);

  @Property(tries = 200)
  void everyUserPresentHasOneHeartbeatInARound(
      @ForAll @Size(max = 300) List<@IntRange(max = 199) Integer> arrivalsAndDepartures) {
    HeartbeatRound fresh = new HeartbeatRound(SLICES);
    Map<String, Group> present = new HashMap<>();
    for (int number : arrivalsAndDepartures) {
      TenantId tenant = new TenantId("t" + number % 2);
      UserId user = new UserId("u" + number);
      Group group = present.remove(user.value());
      if (group == null) {
        present.put(user.value(), fresh.join(tenant, user));
      } else {
        fresh.leave(group, user);
      }
    }
    List<String> beaten = new ArrayList<>();
    for (int slice = 0; slice < SLICES; slice++) {
      fresh.due(slice).forEach(group -> group.users().forEach(user -> beaten.add(user.value())));
    }
    assertThat(beaten).containsExactlyInAnyOrderElementsOf(present.keySet());
  }

  @Test
  void onlyUsersOfTheSameTenantShareACall() {
    TenantId one = new TenantId("one");
    TenantId other = new TenantId("other");
    Group first = round.join(one, new UserId("1"));
    Group second = round.join(one, new UserId("2"));
    Group third = round.join(other, new UserId("1"));
    assertThat(second).isSameAs(first);
    assertThat(third).isNotSameAs(first);
    assertThat(third.tenant()).isEqualTo(other);
  }

  @Test
  void groupsAreSpreadEvenlyOverTheRound() {
    int users = 3 * SLICES * HeartbeatRound.USERS_PER_GROUP;
    TenantId tenant = new TenantId("t");
    IntStream.range(0, users)
        .forEach(i -> assertThat(round.join(tenant, new UserId("u" + i))).isNotNull());
    for (int slice = 0; slice < SLICES; slice++) {
      assertThat(round.due(slice))
          .hasSize(3)
          .allSatisfy(group -> assertThat(group.users()).hasSize(HeartbeatRound.USERS_PER_GROUP));
    }
  }

  @Test
  void freePlaceInAGroupIsTakenByTheNextUser() {
    TenantId tenant = new TenantId("t");
    Group full = round.join(tenant, new UserId("u0"));
    IntStream.range(1, HeartbeatRound.USERS_PER_GROUP + 1)
        .forEach(i -> assertThat(round.join(tenant, new UserId("u" + i))).isNotNull());
    round.leave(full, new UserId("u7"));
    assertThat(round.join(tenant, new UserId("new"))).isSameAs(full);
  }
}
