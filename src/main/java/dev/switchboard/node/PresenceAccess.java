package dev.switchboard.node;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.PresenceService;
import dev.switchboard.sessions.subscriptions.PresenceSource;
import io.vertx.core.Future;
import java.util.List;

/** Gives sessions the presence of the users they subscribe to. */
record PresenceAccess(PresenceService service) implements PresenceSource {
  @Override
  public Future<List<UserPresence>> read(TenantId tenant, List<UserId> users) {
    return service
        .ask(tenant, users)
        .map(
            answers ->
                answers.stream()
                    .map(user -> new UserPresence(user.user(), user.online(), user.lastSeen()))
                    .toList());
  }
}
