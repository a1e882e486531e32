package dev.switchboard.cli;

import dev.switchboard.auth.ApiKey;
import dev.switchboard.auth.ApiKeyStore;
import dev.switchboard.auth.JwtSecret;
import dev.switchboard.auth.Roles;
import dev.switchboard.auth.Scope;
import dev.switchboard.auth.Tokens;
import dev.switchboard.auth.console.ConsoleTicketStore;
import dev.switchboard.auth.console.Credential;
import dev.switchboard.auth.console.OpaqueSecret;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.Keys;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;

/** Prints a token, an API key and example commands for a first event. */
final class QuickStart {
  private static final TenantId TENANT = new TenantId("tenant-123");

  /** Name of the API key that each start replaces. */
  private static final String KEY_NAME = "first try";

  private static final Duration TICKET_LIFETIME = Duration.ofMinutes(10);

  private final SwitchboardConfig config;
  private final int port;

  QuickStart(SwitchboardConfig config, int port) {
    this.config = config;
    this.port = port;
  }

  void print() throws Exception {
    String token =
        OneShot.withVertx(
            config,
            (vertx, known) ->
                Future.succeededFuture(
                    new Tokens(
                            vertx,
                            known.auth(),
                            new Roles(known.auth().roles()),
                            JwtSecret.of(known),
                            Clock.systemUTC())
                        .mintUser(TENANT, new UserId("456"), "admin", Duration.ofHours(12))));
    ApiKey key = ApiKey.generate();
    long unused =
        OneShot.withDatabase(
            config,
            database ->
                new ApiKeyStore(database).replace(key, KEY_NAME, EnumSet.allOf(Scope.class)));
    System.out.println(text(consoleLink(key), token, key.reveal()));
  }

  /** The link's session has the rights of {@code key} and ends with it, at the next start. */
  private String consoleLink(ApiKey key) throws Exception {
    if (!config.console().enabled()) {
      return "";
    }
    OpaqueSecret ticket =
        OneShot.withRedis(
            config,
            redis ->
                new ConsoleTicketStore(
                        redis, new Keys(config.redis().prefix()), new Roles(config.auth().roles()))
                    .issue(Credential.ofKey(key), TICKET_LIFETIME));
    return "Console, signed in by this link once within "
        + TICKET_LIFETIME.toMinutes()
        + " min:\n  http://localhost:"
        + port
        + "/console/#ticket="
        + ticket.reveal()
        + "\n";
  }

  private String text(String consoleLink, String token, String key) {
    return """

        Switchboard listens on http://127.0.0.1:%1$d (health and metrics: %2$d).
        %6$s\
        Webhooks may use http:// and reach this machine: for trying out only.

          token of user 456 of tenant-123, 12 h:  %3$s
          API key, every tenant and scope:        %4$s
          (replaces the one of the last start)

        1. Watch events:
           SWITCHBOARD_TOKEN=%3$s java -jar target/switchboard.jar listen --url http://127.0.0.1:%1$d
        2. Publish one:
           curl -H "Authorization: Bearer %4$s" http://127.0.0.1:%1$d/api/v1/events -d '{"tenant_id":"tenant-123","type":"call.incoming","payload":{"caller_id":"+1234567890"}}'
        3. Register a webhook:
           psql -h 127.0.0.1 -p %5$d -U switchboard switchboard -c "INSERT INTO webhooks (tenant_id, name, url, events, secret) VALUES ('tenant-123', 'mine', 'http://127.0.0.1:9000/', '[\\"call.*\\"]', 'your-secret-key')"
        """
        .formatted(
            port,
            config.management().port(),
            token,
            key,
            config.postgres().embeddedPort(),
            consoleLink);
  }
}
