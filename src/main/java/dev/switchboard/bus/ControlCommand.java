package dev.switchboard.bus;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What sessions of a tenant are to do on every node.
 *
 * @param user whose; null for one token
 * @param tokenId the revoked token; null for a user
 * @param at when it was ordered, by the clock of Redis
 */
public record ControlCommand(
    Kind kind, TenantId tenant, @Nullable UserId user, @Nullable String tokenId, Instant at) {

  /** What is ordered. */
  public enum Kind {
    /** The user's sessions end; its tokens stay good. */
    DISCONNECT,
    /** Every token of the user made until then is void. */
    REVOKE_USER,
    /** One token is void. */
    REVOKE_TOKEN,
    /** The user's sessions look into their inbox: something was put there. */
    READ_INBOX;

    /** Whether it must be remembered for nodes that do not hear it. */
    public boolean isRevocation() {
      return this == REVOKE_USER || this == REVOKE_TOKEN;
    }
  }
}
