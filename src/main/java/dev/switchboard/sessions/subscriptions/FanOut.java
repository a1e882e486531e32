package dev.switchboard.sessions.subscriptions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.bus.HubBatch;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogPosition;
import dev.switchboard.sessions.kept.SnapshotMessages;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.session.LogSubscription.Live;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.sessions.session.Visibility;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Sends the events of the logs that one hub follows to its sessions, and the news that a log was
 * opened, skipped ahead or lost events. Belongs to the hub's event loop.
 */
public final class FanOut {
  private final LogStreams streams;
  private final Subscribers subscribers;
  private final CatchUp catchUp;
  private final LogSubscriptions logSubscriptions;
  private final PresenceSubscribers presence;
  private final OutboundQueue outboundQueue;

  public FanOut(
      LogStreams streams,
      Subscribers subscribers,
      CatchUp catchUp,
      LogSubscriptions logSubscriptions,
      PresenceSubscribers presence,
      OutboundQueue outboundQueue) {
    this.streams = streams;
    this.subscribers = subscribers;
    this.catchUp = catchUp;
    this.logSubscriptions = logSubscriptions;
    this.presence = presence;
    this.outboundQueue = outboundQueue;
  }

  void opened(HubBatch.LogOpened opened) {
    LogStream stream = streams.find(opened.log());
    if (stream == null) {
      return;
    }
    if (stream.isOpen()) {
      openedAgain(stream, opened.position());
      return;
    }
    stream.open(opened.position());
    for (Session session : List.copyOf(stream.subscribers())) {
      if (session.logs().areAllOpen()) {
        logSubscriptions.logsOpened(session);
      }
    }
    List.copyOf(stream.observers()).forEach(LogObserver::opened);
  }

  /** The hub left the log and opened it again before the first answer arrived. */
  private void openedAgain(LogStream stream, LogPosition position) {
    LogPosition current = requireNonNull(stream.position());
    if (!position.sameEpoch(current)) {
      broken(new HubBatch.LogBroken(stream.log(), position, "epoch"));
    } else if (position.isBeyond(current)) {
      skipped(new HubBatch.Skipped(stream.log(), position, 0));
    }
  }

  void skipped(HubBatch.Skipped skipped) {
    LogStream stream = streams.findOpen(skipped.log());
    if (stream == null) {
      return;
    }
    catchUp.fallBehind(stream);
    reportMissed(stream, skipped.position());
    stream.advance(skipped.position(), skipped.bytes());
    List.copyOf(stream.subscribers()).forEach(catchUp::resume);
  }

  private static void reportMissed(LogStream stream, LogPosition next) {
    LogPosition current = requireNonNull(stream.position());
    long events = next.sameEpoch(current) ? next.offset() - current.offset() : 1;
    stream.observers().forEach(observer -> observer.missed(Math.max(1, events)));
  }

  /** Writes the event, and returns to how many sessions. */
  long released(HubBatch.Released released) {
    LogStream stream = streams.findOpen(released.log());
    if (stream == null) {
      return 0;
    }
    LogEvent event = released.event();
    LogPosition before = requireNonNull(stream.position());
    List<Session> waiting = new ArrayList<>(0);
    long written = outboundQueue.written();
    try (SharedMessage message = new SharedMessage(event.envelope())) {
      stream.advance(event.position(), event.envelope().length);
      TenantSubscribers tenant = subscribers.of(event.head().tenant());
      if (tenant != null) {
        send(tenant, event.head(), message, waiting);
      }
      if (event.head().keep() != null) {
        sendToFollowers(stream, event.head(), message);
      }
      presence.send(event.head(), event.envelope(), message);
    }
    long sessions = outboundQueue.written() - written;
    if (sessions != 0) {
      outboundQueue.eventWritten(event.envelope());
    }
    waiting.forEach(session -> catchUp.waitForInbox(session, stream, before));
    stream.observers().forEach(observer -> observer.event(event.head(), event.envelope()));
    // Last: sessions ahead of the hub have already received this event.
    if (stream.hasAhead()) {
      catchUp.resumeAhead(stream);
    }
    return sessions;
  }

  /** No log repeats such an event, so it is also sent to sessions that are still catching up. */
  void liveOnly(HubBatch.Live live) {
    LogStream stream = streams.findOpen(live.log());
    if (stream == null) {
      return;
    }
    long written = outboundQueue.written();
    try (SharedMessage message = new SharedMessage(live.envelope())) {
      for (Session session : stream.subscribers()) {
        if (session.isLive() && Visibility.sees(session, live.head())) {
          outboundQueue.write(session, message);
        }
      }
    }
    if (outboundQueue.written() != written) {
      outboundQueue.eventWritten(live.envelope());
    }
    stream.observers().forEach(observer -> observer.event(live.head(), live.envelope()));
  }

  /** An event of a topic goes only to sessions live in that topic, even if it names a user. */
  private void send(
      TenantSubscribers tenant, EnvelopeHead head, SharedMessage message, List<Session> waiting) {
    Consumer<Session> sendIfSeen =
        session -> {
          if (!Visibility.sees(session, head)) {
            return;
          }
          if (Visibility.waitsForInbox(session, head)) {
            waiting.add(session);
          } else if (Visibility.recordIfNew(session, head)) {
            outboundQueue.write(session, message);
          }
        };
    if (head.topic() != null) {
      tenant.forEachOn(head.topic(), sendIfSeen);
    } else if (head.user() != null) {
      tenant.forEachOf(head.user(), sendIfSeen);
    } else {
      tenant.forEachMatching(head.type(), session -> outboundQueue.write(session, message));
      if (head.chatSession() != null) {
        tenant.forEachVisitorOf(head.chatSession(), sendIfSeen);
      }
    }
  }

  /** Sends a kept event to those who follow its collection and get it for no other reason. */
  private void sendToFollowers(LogStream stream, EnvelopeHead head, SharedMessage message) {
    for (Session session : stream.subscribers()) {
      if (!session.followsKept() || !session.isLive() || !session.logs().isLive(stream.log())) {
        continue;
      }
      if (Visibility.hides(session, head)) {
        try (SharedMessage hidden = SharedMessage.of(SnapshotMessages.hidden(head))) {
          outboundQueue.write(session, hidden);
        }
      } else if (head.topic() == null
          && !session.filter().matches(head.type())
          && Visibility.sees(session, head)) {
        outboundQueue.write(session, message);
      }
    }
  }

  void broken(HubBatch.LogBroken broken) {
    LogStream stream = streams.findOpen(broken.log());
    if (stream == null) {
      // Sessions that wait for the log lost nothing: they get its first position when it opens.
      return;
    }
    reportMissed(stream, broken.position());
    stream.advance(broken.position(), 0);
    for (Session session : List.copyOf(stream.subscribers())) {
      // Those that are catching up find their epoch over, and get a resync then; those that are
      // only entering get the first position of the log.
      if (session.isLive() && session.logs().find(broken.log()) instanceof Live) {
        outboundQueue.sendResync(session, streams.position(session), broken.reason());
        catchUp.doubtKept(session, broken.log());
      }
    }
    catchUp.resumeAhead(stream);
  }
}
