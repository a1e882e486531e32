package dev.switchboard.webhooks.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What tenants whose receivers never answer take from 50 tenants whose receivers do, with the
 * default settings and in virtual time.
 */
class FairShareTest {
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration RUN = Duration.ofMinutes(3);

  private final DispatchModel model = new DispatchModel(50);

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "5, 1", "20, 1", "1, 5", "2, 5", "5, 5", "20, 5"})
  void tenantsThatNeverAnswerDoNotDelayOthers(int tenants, int webhooksOfEach) {
    model.run(WARM_UP);
    model.addHanging(tenants, webhooksOfEach);

    model.run(RUN);

    assertThat(model.maxHealthyWait()).isLessThan(Duration.ofMillis(200));
    assertThat(model.waitingHealthy()).isZero();
    assertThat(model.maxHanging()).as("at most seven of 10 workers").isBetween(1, 7);
  }

  @ParameterizedTest
  @CsvSource({"1, 200", "2, 200", "5, 200", "20, 10000"})
  void tenantsThatStopAnsweringDoNotDelayOthers(int tenants, int maxMillis) {
    model.addQuick(tenants, 5);
    model.run(WARM_UP);

    model.stopAnswering();
    model.run(RUN);

    assertThat(model.maxHealthyWait()).isLessThan(Duration.ofMillis(maxMillis));
    assertThat(model.waitingHealthy()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1, 5, 1000", "2, 5, 1000", "5, 5, 1000", "20, 1, 12000", "20, 5, 12000"})
  void tenantsAreServedForTheFirstTimeBesideOthersThatNeverAnswer(
      int tenants, int webhooksOfEach, int maxMillis) {
    model.addHanging(tenants, webhooksOfEach);

    model.run(RUN);

    assertThat(model.maxHealthyWait()).isLessThan(Duration.ofMillis(maxMillis));
    assertThat(model.waitingHealthy()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1, 5, 3000", "2, 5, 3000", "5, 5, 3000", "20, 1, 12000", "20, 5, 12000"})
  void nodeThatStartsWithABacklogServesTenantsBesideOthersThatNeverAnswer(
      int tenants, int webhooksOfEach, int maxMillis) {
    model.startWithABacklog();
    model.addHanging(tenants, webhooksOfEach);

    model.run(RUN);

    assertThat(model.maxHealthyWait()).isLessThan(Duration.ofMillis(maxMillis));
    assertThat(model.waitingHealthy()).isZero();
  }

  @Test
  void callsAreEndedEarlyOnlyWhileOtherTenantsWaitAndOnceForEachWebhook() {
    DispatchModel alone = new DispatchModel(0);
    alone.addHanging(1, 5);
    alone.run(RUN);
    assertThat(alone.hangingCalls()).isPositive();
    assertThat(alone.interrupted()).isZero();

    model.addHanging(20, 5);
    model.run(RUN);
    assertThat(model.interrupted()).isBetween(1, 100);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 20})
  void restartedNodeRemembersWhichReceiversDoNotAnswer(int tenants) {
    model.knowFailures();
    model.addHanging(tenants, 5);

    model.run(RUN);

    assertThat(model.maxHealthyWait()).isLessThan(Duration.ofSeconds(1));
    assertThat(model.waitingHealthy()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 20})
  void newTenantIsServedBesideOthersThatAreKnownToBeSlow(int tenants) {
    model.addHanging(tenants, 1);
    model.run(RUN);

    model.addHealthy();
    model.run(RUN);

    assertThat(model.maxNewWait()).isLessThan(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void breakersOfReceiversThatNeverAnswerOpenAfterAFewCalls(int tenants) {
    model.addHanging(tenants, 1);

    model.run(RUN);

    assertThat(model.limits().breakers()).hasSize(tenants);
    assertThat(model.hangingCalls()).isLessThan(6 * tenants);
  }
}
