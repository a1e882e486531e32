package dev.switchboard.auth.console;

import dev.switchboard.auth.Roles;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Tickets that open a console session once, in the place of a credential. Belongs to one event
 * loop. Its futures fail if Redis does.
 */
public final class ConsoleTicketStore {
  private final RedisCommands redis;
  private final Keys keys;
  private final Roles roles;

  /** Over the commands of one event loop. */
  public ConsoleTicketStore(RedisCommands redis, Keys keys, Roles roles) {
    this.redis = redis;
    this.keys = keys;
    this.roles = roles;
  }

  /** Issues a ticket for a session of that credential. */
  public Future<OpaqueSecret> issue(Credential credential, Duration lifetime) {
    OpaqueSecret ticket = OpaqueSecret.generate("");
    return redis
        .send(
            "set",
            List.of(
                keys.consoleTicket(ticket.hash()),
                credential.toJson().encode(),
                "px",
                lifetime.toMillis()))
        .map(stored -> ticket);
  }

  /** Returns the credential of a ticket and uses the ticket up; empty if it is not valid. */
  public Future<Optional<Credential>> take(String ticket) {
    return redis
        .send("getdel", List.of(keys.consoleTicket(new OpaqueSecret(ticket).hash())))
        .map(
            reply ->
                StoredRecord.read("console ticket", reply, json -> Credential.read(json, roles)));
  }
}
