package dev.switchboard.sessions;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Role;
import dev.switchboard.auth.TopicRule;
import dev.switchboard.auth.TypeRule;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.session.InboxProgress;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.sessions.session.Transport;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Records what a client would be sent, in place of a transport. */
public class Recorder implements Transport {
  private final List<JsonObject> written = new ArrayList<>();
  private final List<Long> pings = new ArrayList<>();
  private final List<CloseReason> closedFor = new ArrayList<>();
  private int waiting;

  /** A live session of a user who may see and follow everything; its inbox is empty. */
  public static Session liveSession(TenantId tenant, Transport transport) {
    Session live = new Session("1", 0, 0);
    Role role =
        new Role("agent", TypeRule.ALL, TypeRule.ALL, new TopicRule(List.of("*")), Set.of());
    live.connect(transport);
    live.authenticated(
        new Principal.User(tenant, new UserId("1"), role, Instant.EPOCH, Instant.MAX, null), 0);
    live.opened();
    live.inboxProgress(InboxProgress.DONE);
    return live;
  }

  public List<JsonObject> written() {
    return written;
  }

  public List<Long> pings() {
    return pings;
  }

  /** The reasons for which the server closed the connection. */
  public List<CloseReason> closedFor() {
    return closedFor;
  }

  /** The client has read everything. */
  public void readAll() {
    waiting = 0;
  }

  @Override
  public void write(SharedMessage message) {
    waiting++;
    written.add(new JsonObject(Buffer.buffer(message.json())));
  }

  @Override
  public void flush() {}

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public long queuedBytes() {
    return 0;
  }

  @Override
  public int queuedMessages() {
    return waiting;
  }

  @Override
  public void ping(long number) {
    pings.add(number);
  }

  @Override
  public void close(CloseReason reason, String message) {
    closedFor.add(reason);
  }
}
