package dev.switchboard.sessions.lifecycle;

import dev.switchboard.auth.Principal;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.config.SwitchboardConfig.Sessions;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.session.OutboundQueue;
import dev.switchboard.sessions.session.SentPosition;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionState.AwaitingAuth;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStreams;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * What time does to a session: who never proved who it is, who is silent, who needs a ping, whose
 * token ends, and whose position grows old. One look at each session, over and over, instead of a
 * timer for each.
 */
public final class Upkeep {
  private static final long TENTH = LogShare.WHOLE / 10;

  private final Sessions config;
  private final Bounds bounds;
  private final SessionTime time;
  private final LogStreams streams;
  private final OutboundQueue outboundQueue;
  private final Predicate<Principal.Visitor> stillAdmitted;
  private final End end;
  private long pings;

  /** Ends a session. */
  public interface End {
    void end(Session session, CloseReason reason, String words);
  }

  /**
   * What is set elsewhere.
   *
   * @param positionEvery after which a session is told its position, if that moved
   * @param leeway how long after its end a token still counts
   */
  public record Bounds(Duration positionEvery, Duration leeway) {
    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);

    public static Bounds of(SwitchboardConfig config) {
      Duration tenth = config.logs().maxAge().dividedBy(10);
      return new Bounds(
          tenth.compareTo(HALF_A_MINUTE) < 0 ? tenth : HALF_A_MINUTE, config.auth().leeway());
    }
  }

  public Upkeep(
      Sessions config,
      Bounds bounds,
      SessionTime time,
      LogStreams streams,
      OutboundQueue outboundQueue,
      Predicate<Principal.Visitor> stillAdmitted,
      End end) {
    this.config = config;
    this.bounds = bounds;
    this.time = time;
    this.streams = streams;
    this.outboundQueue = outboundQueue;
    this.stillAdmitted = stillAdmitted;
    this.end = end;
  }

  /** One look at one session. */
  void look(Session session) {
    long now = time.nanos();
    if (session.state() instanceof AwaitingAuth awaiting && now >= awaiting.deadline()) {
      end.end(session, CloseReason.NOT_AUTHENTICATED, "no auth message came in time");
    } else if (session.liveness().silence(now) >= config.idleTimeout().toNanos()) {
      end.end(session, CloseReason.NO_HEARTBEAT, CloseReason.NO_HEARTBEAT.message());
    } else if (!endIfExpired(session)
        && session.liveness().sincePing(now) >= config.heartbeat().toNanos()) {
      ping(session);
    }
    tellPosition(session, now);
  }

  /** Its pong proves what was sent before. */
  void ping(Session session) {
    session.liveness().pinged(time.nanos());
    session.receipts().pinged(++pings);
    session.transport().ping(pings);
  }

  /** Warns ahead of the end of its token, and ends it there. */
  private boolean endIfExpired(Session session) {
    if (session.who() instanceof Principal.Visitor visitor && !stillAdmitted.test(visitor)) {
      end.end(session, CloseReason.UNKNOWN_WIDGET, CloseReason.UNKNOWN_WIDGET.message());
      return true;
    }
    if (!(session.who() instanceof Principal.User user)) {
      return false;
    }
    long left = user.expires().toEpochMilli() - time.millis();
    if (left <= -bounds.leeway().toMillis()) {
      end.end(session, CloseReason.NOT_AUTHENTICATED, "the token has expired");
      return true;
    }
    if (left <= config.expiryWarning().toMillis() && session.isLive() && session.warnOnce()) {
      long seconds = Math.max(0, (left + 999) / 1_000);
      outboundQueue.tell(session, ServerMessages.tokenExpiring(user.expires(), seconds));
    }
    return false;
  }

  /** Its position was just told in another way. */
  void positionTold(Session session) {
    session.toldPosition().told(time.nanos(), streams.moved(session));
  }

  /**
   * A filter that lets nothing through must not let the cursor age: it would fall out of the log.
   */
  private void tellPosition(Session session, long now) {
    if (!session.isLive() || session.isClosed() || !session.replays().isEmpty()) {
      return;
    }
    long moved = streams.moved(session);
    SentPosition told = session.toldPosition();
    boolean due = told.age(now) >= bounds.positionEvery().toNanos();
    boolean far = told.movedSince(moved) >= TENTH;
    if (!due && !far) {
      return;
    }
    if (told.movedSince(moved) != 0) {
      String position = streams.position(session);
      if (!session.transport().markPosition(position)) {
        outboundQueue.tell(session, ServerMessages.positioned("position", position));
      }
    }
    told.told(now, moved);
  }
}
