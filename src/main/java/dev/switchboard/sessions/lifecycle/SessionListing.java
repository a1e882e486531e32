package dev.switchboard.sessions.lifecycle;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.LogStreams;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Describes sessions of one hub to operators. Belongs to the hub's event loop. */
public final class SessionListing {
  /** Patterns, topics and collections that are named of each session. */
  private static final int MAX_NAMES = 100;

  private final String node;
  private final LogStreams streams;
  private final SessionTime time;

  /** {@code node} is the name of this node. */
  public SessionListing(String node, LogStreams streams, SessionTime time) {
    this.node = node;
    this.streams = streams;
    this.time = time;
  }

  /** At most {@code max} sessions of a user. */
  public List<JsonObject> of(TenantId tenant, UserId user, int max) {
    return streams.sessionsOf(tenant, user).stream().limit(max).map(this::toJson).toList();
  }

  private JsonObject toJson(Session session) {
    long silentMillis = TimeUnit.NANOSECONDS.toMillis(session.liveness().silence(time.nanos()));
    JsonObject json =
        new JsonObject()
            .put("id", session.id())
            .put("node", node)
            .put("transport", session.transport().isSocket() ? "websocket" : "stream")
            .put("connected_at", Instant.ofEpochMilli(session.authenticatedAt()).toString())
            .put("address", session.client().address())
            .put("user_agent", session.client().userAgent());
    if (session.principal() != null) {
      json.put("role", session.principal().role().name());
    }
    return json.put("patterns", names(session.filter().patterns()))
        .put("topics", names(session.logs().topics()))
        .put("kept", session.followsKept() ? names(session.kept().all()) : new JsonArray())
        .put("queued_bytes", session.transport().queuedBytes())
        .put("last_seen_at", Instant.ofEpochMilli(time.millis() - silentMillis).toString());
  }

  private static JsonArray names(Collection<?> all) {
    JsonArray names = new JsonArray();
    all.stream().limit(MAX_NAMES).forEach(name -> names.add(name.toString()));
    return names;
  }
}
