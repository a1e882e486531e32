package dev.switchboard.cli;

import dev.switchboard.auth.ApiKey;
import dev.switchboard.auth.ApiKeyStore;
import dev.switchboard.auth.JwtSecret;
import dev.switchboard.auth.Origins;
import dev.switchboard.auth.Roles;
import dev.switchboard.auth.Scope;
import dev.switchboard.auth.Tokens;
import dev.switchboard.auth.console.ConsoleTicketStore;
import dev.switchboard.auth.console.Credential;
import dev.switchboard.auth.console.OpaqueSecret;
import dev.switchboard.auth.widgets.WidgetKeyStore;
import dev.switchboard.auth.widgets.WidgetKeyStore.WidgetKey;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.Keys;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;

/** Prints links to the demonstration, an API key, and example commands for a first event. */
final class QuickStart {
  private static final TenantId TENANT = new TenantId("tenant-123");
  private static final TenantId DEMO = new TenantId("demo");
  private static final String WIDGET_NAME = "demonstration";
  private static final Duration LIFETIME = Duration.ofHours(12);

  /** Name of the API key that each start replaces. */
  private static final String KEY_NAME = "first try";

  private static final Duration TICKET_LIFETIME = Duration.ofMinutes(10);

  private final SwitchboardConfig config;
  private final int port;

  QuickStart(SwitchboardConfig config, int port) {
    this.config = config;
    this.port = port;
  }

  /** What the links and commands sign in with. */
  private record Credentials(
      String token,
      String wallboard,
      String agent,
      String simulation,
      String apiKey,
      String widgetKey) {}

  void print() throws Exception {
    List<String> tokens = OneShot.withVertx(config, this::tokens);
    ApiKey key = ApiKey.generate();
    long unused =
        OneShot.withDatabase(
            config,
            database ->
                new ApiKeyStore(database).replace(key, KEY_NAME, EnumSet.allOf(Scope.class)));
    WidgetKey widget =
        OneShot.withDatabase(config, database -> widgetKey(new WidgetKeyStore(database)));
    System.out.println(
        text(
            new Credentials(
                tokens.get(0),
                tokens.get(1),
                tokens.get(2),
                tokens.get(3),
                key.reveal(),
                widget.key()),
            consoleLink(key)));
  }

  private Future<List<String>> tokens(Vertx vertx, SwitchboardConfig known) {
    Tokens tokens =
        new Tokens(
            vertx,
            known.auth(),
            new Roles(known.auth().roles()),
            JwtSecret.of(known),
            Clock.systemUTC());
    return Future.succeededFuture(
        List.of(
            tokens.mintUser(TENANT, new UserId("456"), "admin", LIFETIME),
            tokens.mintUser(DEMO, new UserId("wallboard"), "supervisor", LIFETIME),
            tokens.mintUser(DEMO, new UserId("agent-01"), "supervisor", LIFETIME),
            // Not the API key, which the next start replaces: the simulation keeps working then.
            tokens.mintService(DEMO, LIFETIME)));
  }

  /** The same at each start, so that open pages keep working. */
  private Future<WidgetKey> widgetKey(WidgetKeyStore store) {
    List<String> pages = List.of("http://127.0.0.1:" + port, "http://localhost:" + port);
    List<String> origins = new Origins(pages).allowed();
    return store
        .list(DEMO)
        .compose(
            keys ->
                keys.stream()
                    .filter(
                        key ->
                            key.name().equals(WIDGET_NAME)
                                && key.origins().allowed().containsAll(origins))
                    .findFirst()
                    .map(Future::succeededFuture)
                    .orElseGet(() -> store.insert(DEMO, WIDGET_NAME, origins)));
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

  private String text(Credentials credentials, String consoleLink) {
    WebhookTargets webhooks = WebhookTargets.of(config.webhooks());
    return """

        Switchboard listens on http://127.0.0.1:%1$d (health and metrics: %2$d).
        %9$s\
        %11$s
        A contact centre to look at; its links sign in for 12 h:
          wallboard       http://127.0.0.1:%1$d/demo/wallboard.html#%6$s
          agent desktop   http://127.0.0.1:%1$d/demo/agent.html#%7$s
          visitor's page  http://127.0.0.1:%1$d/demo/visitor.html#%8$s
        Bring it to life:
          SWITCHBOARD_TOKEN=%10$s java -jar target/switchboard.jar simulate --url http://127.0.0.1:%1$d

          token of user 456 of tenant-123, 12 h:  %3$s
          API key, every tenant and scope:        %4$s
          (replaces the one of the last start)

        1. Watch events:
           SWITCHBOARD_TOKEN=%3$s java -jar target/switchboard.jar listen --url http://127.0.0.1:%1$d
        2. Publish one:
           curl -H "Authorization: Bearer %4$s" http://127.0.0.1:%1$d/api/v1/events -d '{"tenant_id":"tenant-123","type":"call.incoming","payload":{"caller_id":"+1234567890"}}'
        3. Register a webhook:
           psql -h 127.0.0.1 -p %5$d -U switchboard switchboard -c "INSERT INTO webhooks (tenant_id, name, url, events, secret) VALUES ('tenant-123', 'mine', '%12$s', '[\\"call.*\\"]', 'your-secret-key')"
        """
        .formatted(
            port,
            config.management().port(),
            credentials.token(),
            credentials.apiKey(),
            config.postgres().embeddedPort(),
            credentials.wallboard(),
            credentials.agent(),
            credentials.widgetKey(),
            consoleLink,
            credentials.simulation(),
            webhooks.note(),
            webhooks.exampleUrl());
  }
}
