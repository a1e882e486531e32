package dev.switchboard.auth.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.Roles;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.fuzz.AnsweringRedis;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.redis.Keys;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * Console sessions, their tickets, and portals, as they are stored in Redis. A record is read, and
 * read again from what is written of it, or counts as ended; none makes a call fail.
 */
class StoredSessionFuzzTest extends FuzzTarget {
  private static final SwitchboardConfig CONFIG = ConfigLoader.defaults(name -> null);
  private static final Roles ROLES = new Roles(CONFIG.auth().roles());
  private static final Keys KEYS = new Keys("callcenter");
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-29T12:00:00Z"), ZoneOffset.UTC);

  /** Answers to what is asked after a record: nothing was ended, and writing succeeds. */
  private static final String FURTHER_ANSWERS = "\n[\"0\",\"0\"]\n\"OK\"";

  @Override
  protected void check(byte[] input) {
    String record = text(input).replaceAll("\\R", " ");
    found(sessions(record).find("cookie")).ifPresent(StoredSessionFuzzTest::checkSession);
    found(new ConsoleTicketStore(answering(record), KEYS, ROLES).take("ticket"))
        .ifPresent(StoredSessionFuzzTest::checkCredential);
    found(portals(record).find("token")).ifPresent(StoredSessionFuzzTest::checkPortal);
    found(portals(record).open("ticket")).ifPresent(opened -> checkPortal(opened.portal()));
    Future<List<ConsoleSession>> listed =
        sessions("[\"a\",\"b\"]\n" + record + "\n" + record).list(null);
    assertThat(listed.cause()).isNull();
  }

  private static ConsoleSessionStore sessions(String answers) {
    return new ConsoleSessionStore(answering(answers), KEYS, ROLES, CONFIG.console(), CLOCK);
  }

  private static PortalStore portals(String answers) {
    return new PortalStore(answering(answers), KEYS, ROLES, CLOCK);
  }

  private static AnsweringRedis answering(String answers) {
    return new AnsweringRedis((answers + FURTHER_ANSWERS).getBytes(UTF_8));
  }

  private static <T> Optional<T> found(Future<Optional<T>> call) {
    assertThat(call.isComplete()).isTrue();
    assertThat(call.cause()).isNull();
    return call.result();
  }

  private static void checkSession(ConsoleSession session) {
    JsonObject written = new JsonObject(session.write());
    assertThat(ConsoleSession.read(session.key(), written, ROLES)).isEqualTo(session);
    assertThat(session.id()).hasSize(16);
    checkCredential(session.credential());
  }

  private static void checkCredential(Credential credential) {
    assertThat(Credential.read(credential.toJson(), ROLES)).isEqualTo(credential);
  }

  private static void checkPortal(Portal portal) {
    assertThat(Portal.read(portal.write(), ROLES)).isEqualTo(portal);
    assertThat(portal.expires()).isAfter(CLOCK.instant());
  }
}
