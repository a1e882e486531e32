package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.fuzz.AnsweringRedis;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.TenantLimits;
import dev.switchboard.support.TestLimits;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

/** Tickets as they are stored in Redis. One names a user, or is refused; its text is not shown. */
class TicketFuzzTest extends FuzzTarget {
  private static final SwitchboardConfig CONFIG = ConfigLoader.defaults(name -> null);
  private static final Roles ROLES = new Roles(CONFIG.auth().roles());
  private static final TenantLimits LIMITS = TestLimits.ofDefaults();
  private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

  @Override
  protected void check(byte[] input) {
    TicketStore tickets =
        new TicketStore(
            new AnsweringRedis(input),
            new Keys("callcenter"),
            LIMITS,
            new TicketStore.Validity(ROLES, new Revocations(Duration.ZERO, CLOCK), CLOCK));
    Future<Principal> redeemed = tickets.redeem(text(input), TicketStore.Kind.STREAM);
    assertThat(redeemed.isComplete()).isTrue();
    if (redeemed.failed()) {
      assertThat(redeemed.cause()).isInstanceOf(AuthException.class);
      assertThat(redeemed.cause())
          .message()
          .isIn(
              "the ticket is malformed",
              "the ticket is unknown, used or expired",
              "the stream must not be opened again",
              "tickets can't be checked at the moment");
    } else {
      assertThat(redeemed.result()).isInstanceOf(Principal.User.class);
    }
  }
}
