package dev.switchboard.bus;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import java.time.Instant;

/** A command to the sessions on every node. */
public sealed interface ControlCommand {
  /** Redis time at which it was sent. */
  Instant at();

  /** Ends sessions of a user; the user's tokens stay valid. */
  sealed interface Ending extends ControlCommand {}

  /** Ends the sessions of a user. */
  record Disconnect(TenantId tenant, UserId user, Instant at) implements Ending {}

  /** Ends one session of a user, on whichever node it is. */
  record EndSession(TenantId tenant, UserId user, String session, Instant at) implements Ending {}

  /** Makes the sessions of a user read their inbox, because a message was stored there. */
  record ReadInbox(TenantId tenant, UserId user, Instant at) implements ControlCommand {}

  /** Makes tokens invalid before they expire. */
  sealed interface Revocation extends ControlCommand {}

  /** Revokes every token that was issued to a user until then. */
  record RevokeUser(TenantId tenant, UserId user, Instant at) implements Revocation {}

  /** Revokes one token of a tenant. */
  record RevokeToken(TenantId tenant, String tokenId, Instant at) implements Revocation {}

  /** Revokes one token that is valid for all tenants; no session has such a token. */
  record RevokeTokenOfAllTenants(String tokenId, Instant at) implements Revocation {}
}
