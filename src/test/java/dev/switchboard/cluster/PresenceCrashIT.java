package dev.switchboard.cluster;

import static dev.switchboard.cluster.PresenceCluster.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three nodes, of which one is killed or stalls: nobody stays or goes offline wrongly. */
class PresenceCrashIT {
  @RegisterExtension static final Stores STORES = new Stores();
  private static final int USERS = 200;

  /** Few enough that all are back within the lease. */
  private static final int BACK = 30;

  private static final int WITH_MESSAGES = 5;
  private static final int MESSAGES = 3;

  private static TestNode one;
  private static TestNode two;

  @BeforeAll
  static void startSurvivors() {
    one = TestNode.start(PresenceCluster.config(STORES));
    two = TestNode.start(PresenceCluster.config(STORES));
  }

  @AfterAll
  static void stopSurvivors() {
    one.close();
    two.close();
  }

  private static String user(int number) {
    return "u" + number;
  }

  @Test
  void usersOfAKilledNodeGoOfflineOnceUnlessTheyReconnectElsewhere() {
    String tenant = "killed";
    try (TestNode dying = TestNode.startJar(PresenceCluster.config(STORES));
        PresenceStream stream = new PresenceStream(one, tenant)) {
      PresenceView truth = new PresenceView(STORES.redis(), two, tenant);
      Set<String> everybody = new TreeSet<>();
      for (int i = 0; i < USERS; i++) {
        WsClient unused = signIn(dying, tenant, user(i));
        everybody.add(user(i));
      }
      truth.awaitAgreement(stream, everybody);
      for (int i = 0; i < WITH_MESSAGES; i++) {
        PresenceCluster.storeMessages(one, tenant, user(i), MESSAGES);
      }
      dying.kill();
      List<WsClient> back = new ArrayList<>();
      Set<String> stayed = new TreeSet<>();
      for (int i = 0; i < BACK; i++) {
        back.add(signIn(i % 2 == 0 ? one : two, tenant, user(i)));
        stayed.add(user(i));
      }
      for (int i = BACK; i < BACK + WITH_MESSAGES; i++) {
        PresenceCluster.storeMessages(two, tenant, user(i), MESSAGES);
      }
      truth.awaitAgreement(stream, stayed);
      for (int i = 0; i < USERS; i++) {
        String[] changes =
            i < BACK ? new String[] {"online"} : new String[] {"online", "offline node_lost"};
        assertThat(stream.of(user(i))).as(user(i)).containsExactly(changes);
      }
      for (int i = 0; i < WITH_MESSAGES; i++) {
        WsClient late = signIn(one, tenant, user(BACK + i));
        assertThat(PresenceCluster.readMessages(late, MESSAGES)).containsExactly(0, 1, 2);
        late.close();
      }
      back.forEach(WsClient::close);
    }
  }

  @Test
  void nodeThatStalledBeyondItsLeaseUndoesNothing() {
    String tenant = "stalled";
    try (TestNode stalled = TestNode.startJar(PresenceCluster.config(STORES));
        PresenceStream stream = new PresenceStream(one, tenant)) {
      PresenceView truth = new PresenceView(STORES.redis(), two, tenant);
      WsClient gone = signIn(stalled, tenant, "gone");
      WsClient moved = signIn(stalled, tenant, "moved");
      WsClient patient = signIn(stalled, tenant, "patient");
      truth.awaitAgreement(stream, Set.of("gone", "moved", "patient"));
      stalled.freeze();
      gone.close();
      WsClient elsewhere = signIn(two, tenant, "moved");
      PresenceCluster.storeMessages(one, tenant, "patient", MESSAGES);
      stream.awaitChanges("gone", "online", "offline node_lost");
      stream.awaitChanges("patient", "online", "offline node_lost");
      truth.awaitAgreement(stream, Set.of("moved"));
      stalled.thaw();
      Waiting.until("both sessions count again", () -> truth.connections("moved") == 2);
      truth.awaitAgreement(stream, Set.of("moved", "patient"));
      assertThat(PresenceCluster.readMessages(patient, MESSAGES)).containsExactly(0, 1, 2);
      assertThat(stream.of("gone")).containsExactly("online", "offline node_lost");
      assertThat(stream.of("moved")).containsExactly("online");
      assertThat(stream.of("patient")).containsExactly("online", "offline node_lost", "online");
      for (WsClient session : List.of(elsewhere, moved, patient)) {
        session.close();
      }
    }
  }
}
