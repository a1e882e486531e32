package dev.switchboard.sessions;

import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.redis.EventLog;
import io.vertx.core.Vertx;

/** The parts of one event loop's sessions put together; the one door into this package. */
public final class SessionLoop {
  private final Hub hub;
  private final WebSocketEdge webSockets;
  private final StreamEdge streams;

  /**
   * For one event loop, made on it.
   *
   * @param number of the hub, from 0
   */
  public SessionLoop(
      Vertx vertx,
      int number,
      String node,
      SwitchboardConfig config,
      Entrances entrances,
      EventLog eventLog,
      SocketPublisher publisher,
      SessionInbox inbox,
      PresenceSource presence,
      SessionCount count) {
    String topicPrefix = config.redis().prefix();
    Conversation conversation =
        new Conversation(
            entrances.authenticator(), publisher, new PresenceWatch(presence), topicPrefix);
    this.hub =
        new Hub(
            vertx,
            number,
            node,
            config,
            new LogReader(pagesOf(eventLog, config), SessionTime.SYSTEM),
            new InboxDelivery(inbox),
            conversation,
            entrances,
            count);
    this.webSockets = new WebSocketEdge(hub, conversation, entrances, topicPrefix);
    this.streams = new StreamEdge(hub, conversation, entrances, topicPrefix);
  }

  /** A page fills at most a quarter of what may wait for a slow reader, and one event. */
  private static LogReader.Source pagesOf(EventLog eventLog, SwitchboardConfig config) {
    long bytes = config.sessions().queueBytes().bytes() / 4;
    return (log, after, most) -> eventLog.read(log, after, most, bytes);
  }

  /** Accepts WebSockets of this event loop. */
  public WebSocketEdge webSockets() {
    return webSockets;
  }

  /** Accepts streams of server-sent events of this event loop. */
  public StreamEdge streams() {
    return streams;
  }

  Hub hub() {
    return hub;
  }
}
