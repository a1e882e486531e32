package dev.switchboard.sessions.subscriptions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.bus.HubBatch;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogPosition;
import dev.switchboard.sessions.session.OutboundQueue;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.sessions.session.Visibility;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What the bridge tells one hub, carried to its sessions: everything of a mail is written first,
 * then each socket is flushed once.
 */
public final class FanOut {
  private final LogStreams streams;
  private final Subscribers subscribers;
  private final OutboundQueue outboundQueue;
  private final CatchUp catchUp;
  private final PresenceSubscribers watch;
  private final AttemptTail attempts;
  private final Set<Session> sessions;
  private final Consumer<Session> logsOpen;
  private final Consumer<Session> linkRestored;
  private boolean linkUp = true;

  /**
   * For the sessions of one hub.
   *
   * @param logsOpen hears of sessions whose logs are all open now
   * @param linkRestored hears of every session when the link to Redis works again
   */
  public FanOut(
      LogStreams streams,
      Subscribers subscribers,
      OutboundQueue outboundQueue,
      CatchUp catchUp,
      PresenceSubscribers watch,
      AttemptTail attempts,
      Set<Session> sessions,
      Consumer<Session> logsOpen,
      Consumer<Session> linkRestored) {
    this.streams = streams;
    this.subscribers = subscribers;
    this.outboundQueue = outboundQueue;
    this.catchUp = catchUp;
    this.watch = watch;
    this.attempts = attempts;
    this.sessions = sessions;
    this.logsOpen = logsOpen;
    this.linkRestored = linkRestored;
  }

  public void mail(HubBatch mail) {
    for (HubBatch.Item item : mail.items()) {
      handle(item);
    }
    outboundQueue.flush();
    mail.handled();
  }

  private void handle(HubBatch.Item item) {
    if (item instanceof HubBatch.Released released) {
      released(released);
    } else if (item instanceof HubBatch.Live live) {
      liveOnly(live);
    } else if (item instanceof HubBatch.LogOpened opened) {
      opened(opened);
    } else if (item instanceof HubBatch.Skipped skipped) {
      skipped(skipped);
    } else if (item instanceof HubBatch.LogBroken broken) {
      broken(broken);
    } else if (item instanceof HubBatch.LinkChanged link) {
      linkChanged(link.up());
    } else if (item instanceof HubBatch.AttemptsOpened opened) {
      attempts.opened(opened.tenant());
    } else if (item instanceof HubBatch.AttemptItem attempted) {
      attempts.attempted(attempted);
    }
  }

  private void opened(HubBatch.LogOpened opened) {
    LogStream stream = streams.find(opened.log());
    if (stream == null) {
      return;
    }
    if (stream.released() != null) {
      openedAgain(stream, opened.position());
      return;
    }
    stream.released(opened.position(), 0);
    for (Session session : List.copyOf(stream.followers())) {
      if (streams.allOpen(session)) {
        logsOpen.accept(session);
      }
    }
  }

  /** It was let go of and asked for again while the first answer was on its way. */
  private void openedAgain(LogStream stream, LogPosition place) {
    LogPosition released = requireNonNull(stream.released());
    if (!place.sameEpoch(released)) {
      broken(new HubBatch.LogBroken(stream.log(), place, "epoch"));
    } else if (place.isBeyond(released)) {
      skipped(new HubBatch.Skipped(stream.log(), place, 0));
    }
  }

  private void skipped(HubBatch.Skipped skipped) {
    LogStream stream = streams.find(skipped.log());
    if (stream == null || stream.released() == null) {
      return;
    }
    catchUp.fallBehind(stream);
    stream.released(skipped.position(), skipped.bytes());
    List.copyOf(stream.followers()).forEach(catchUp::goOn);
  }

  private void released(HubBatch.Released released) {
    LogStream stream = streams.find(released.log());
    if (stream == null || stream.released() == null) {
      return;
    }
    LogEvent event = released.event();
    EnvelopeHead head = event.head();
    try (SharedMessage message = new SharedMessage(event.envelope())) {
      stream.released(event.position(), event.envelope().length);
      TenantSubscribers tenantSubscribers = subscribers.of(head.tenant());
      if (tenantSubscribers != null) {
        toRoom(tenantSubscribers, head, session -> outboundQueue.write(session, message));
      }
      watch.carry(head, event.envelope(), session -> outboundQueue.write(session, message));
    }
    // Last: who was further than the hub has had this event.
    if (stream.hasWaiting()) {
      catchUp.moved(stream);
    }
  }

  /** No log will repeat it, so that it also goes to those who are still catching up. */
  private void liveOnly(HubBatch.Live live) {
    LogStream stream = streams.find(live.log());
    if (stream == null || stream.released() == null) {
      return;
    }
    try (SharedMessage message = new SharedMessage(live.envelope())) {
      for (Session session : stream.followers()) {
        if (session.isLive() && Visibility.sees(session, live.head())) {
          outboundQueue.write(session, message);
        }
      }
    }
  }

  /** A topic's events reach only who has caught up with that topic, whomever they are for. */
  private static void toRoom(
      TenantSubscribers tenantSubscribers, EnvelopeHead head, Consumer<Session> write) {
    Consumer<Session> ifSeen =
        session -> {
          if (Visibility.sees(session, head) && Visibility.isNew(session, head)) {
            write.accept(session);
          }
        };
    if (head.topic() != null) {
      tenantSubscribers.eachOn(head.topic(), ifSeen);
    } else if (head.user() != null) {
      tenantSubscribers.eachOf(head.user(), ifSeen);
    } else {
      tenantSubscribers.eachWanting(head.type(), write);
      if (head.chatSession() != null) {
        tenantSubscribers.eachVisitorOf(head.chatSession(), ifSeen);
      }
    }
  }

  private void broken(HubBatch.LogBroken broken) {
    LogStream stream = streams.find(broken.log());
    if (stream == null || stream.released() == null) {
      // Who waits for it to open has lost nothing of it, and is told where it begins.
      return;
    }
    stream.released(broken.position(), 0);
    for (Session session : List.copyOf(stream.followers())) {
      // Who is catching up will find its place gone, and is told then; who only enters is told
      // where.
      if (session.isLive() && subscribers.hasJoined(session, broken.log())) {
        outboundQueue.tell(
            session, ServerMessages.resync(streams.position(session), broken.reason()));
      }
    }
    catchUp.moved(stream);
  }

  private void linkChanged(boolean up) {
    if (linkUp == up) {
      return;
    }
    linkUp = up;
    try (SharedMessage message =
        SharedMessage.of(ServerMessages.plain(up ? "restored" : "degraded"))) {
      for (Session session : List.copyOf(sessions)) {
        if (session.isLive()) {
          outboundQueue.write(session, message);
        }
      }
    }
    if (up) {
      sessions.forEach(linkRestored);
    }
  }

  /** Whether events come in time; while the link to Redis is down they are late. */
  public boolean isLinkUp() {
    return linkUp;
  }
}
