package dev.switchboard.sessions.session;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.sessions.session.SessionState.AwaitingAuth;
import dev.switchboard.sessions.session.SessionState.Closed;
import dev.switchboard.sessions.session.SessionState.Live;
import dev.switchboard.sessions.session.SessionState.Opening;
import dev.switchboard.sessions.session.SessionState.Unauthenticated;
import org.jspecify.annotations.Nullable;

/**
 * One connection of one user or visitor: its principal, what it may and wants to see, its
 * subscriptions, and its transport. Holds state and decides nothing. Belongs to its hub's event
 * loop.
 */
public final class Session {

  /** State of the output to a session in one turn of the event loop. */
  private enum Output {
    /** Nothing is unflushed. */
    FLUSHED,
    /** Messages wait for the flush at the end of the turn, or a while later. */
    UNFLUSHED,
    /** The session is closed, or a message did not fit: nothing more is written. */
    REFUSED
  }

  private final String id;
  private final SubscribedLogs logs = new SubscribedLogs();
  private final Receipts receipts = new Receipts();
  private final InboxCursor inboxCursor = new InboxCursor();
  private final Liveness liveness;
  private final SentPosition sentPosition;
  private SessionState state;
  private Client client = Client.UNKNOWN;
  private @Nullable Transport transport;
  private Output output = Output.FLUSHED;
  private EventFilter filter = EventFilter.NOTHING;
  private boolean hasChosenEvents;
  private InboxProgress inboxProgress = InboxProgress.FIRST;
  private long authenticatedAt;
  private @Nullable ClientLimits clientLimits;
  private @Nullable HeldMessages heldMessages;
  private @Nullable FollowedCollections kept;
  private long flushedAt = Long.MIN_VALUE;

  /**
   * A session without a principal.
   *
   * @param now as {@link SessionTime#nanos} counts
   * @param authDeadline by when it must be authenticated, on the same scale
   */
  public Session(String id, long now, long authDeadline) {
    this.id = id;
    this.state = AwaitingAuth.until(authDeadline);
    this.liveness = new Liveness(now);
    this.sentPosition = new SentPosition(now);
  }

  public String id() {
    return id;
  }

  public SessionState state() {
    return state;
  }

  public Transport transport() {
    return requireNonNull(transport, "no transport yet");
  }

  /** The program at the other end. */
  public Client client() {
    return client;
  }

  /** Sets the program at the other end. */
  public void from(Client program) {
    client = program;
  }

  /** Sets the transport, before anything is sent. */
  public void connect(Transport connected) {
    transport = connected;
  }

  /** Keeps what the URL asked for, to complete the {@code auth} message by it. */
  public void request(SubscribeRequest fromUrl) {
    if (state instanceof AwaitingAuth awaiting) {
      state = awaiting.requesting(fromUrl);
    }
  }

  /** Records that the client has sent its credentials: they are being checked. */
  public void authenticating() {
    if (state instanceof AwaitingAuth awaiting) {
      state = awaiting.authenticating();
    }
  }

  /** Moves from before authentication to opening; {@code nowMillis} is since 1970. */
  public void authenticated(Principal.Participant principal, long nowMillis) {
    if (state instanceof Unauthenticated unauthenticated) {
      state = unauthenticated.authenticated(principal);
      authenticatedAt = nowMillis;
      filter = EventFilter.everything(principal.role().see());
    }
  }

  /** When the session was authenticated, in milliseconds since 1970. */
  public long authenticatedAt() {
    return authenticatedAt;
  }

  /** Replaces the principal by the same person's with a new token. */
  public void renewed(Principal.Participant principal) {
    state = state.renewed(principal);
  }

  /** Moves from opening to live. */
  public void opened() {
    if (state instanceof Opening opening) {
      state = opening.opened();
    }
  }

  /** Moves to closed, from any state. */
  public void closed() {
    state = new Closed();
    refuseOutput();
    if (heldMessages != null) {
      heldMessages.clear();
    }
  }

  /** Messages that the client sent too early. */
  public HeldMessages heldMessages() {
    if (heldMessages == null) {
      heldMessages = new HeldMessages();
    }
    return heldMessages;
  }

  /** Handles what the client sent before the session was live. */
  public void handleHeldMessages() {
    HeldMessages held = heldMessages;
    heldMessages = null;
    if (held != null) {
      held.handle();
    }
  }

  public boolean isLive() {
    return state instanceof Live;
  }

  /** Whether nothing more may be sent: it is closed, or will be for a message it did not get. */
  public boolean isClosed() {
    return output == Output.REFUSED;
  }

  /** Refuses every further message: one did not fit into the queue, so later ones must not pass. */
  public void refuseOutput() {
    output = Output.REFUSED;
  }

  /** Marks the session as written to; returns true if it was not since its last flush. */
  public boolean markUnflushed() {
    if (output != Output.FLUSHED) {
      return false;
    }
    output = Output.UNFLUSHED;
    return true;
  }

  /** Whether messages wait for a flush. */
  public boolean isUnflushed() {
    return output == Output.UNFLUSHED;
  }

  /** Whether {@link #flush(long)} was called within that many nanoseconds before {@code now}. */
  public boolean wasFlushedWithin(long nanos, long now) {
    return flushedAt != Long.MIN_VALUE && now - flushedAt <= nanos;
  }

  /** Sends what was written, and remembers when. */
  public void flush(long now) {
    flushedAt = now;
    flush();
  }

  /** Sends what was written. */
  public void flush() {
    if (output == Output.UNFLUSHED) {
      output = Output.FLUSHED;
    }
    transport().flush();
  }

  /** Null before authentication and after the end. */
  public Principal.@Nullable Participant principal() {
    if (state instanceof Live live) {
      return live.principal();
    }
    return state instanceof Opening opening ? opening.principal() : null;
  }

  /**
   * The user whose inbox the session reads and whose presence it proves; null for visitors and for
   * event streams, which have neither.
   */
  public Principal.@Nullable User socketUser() {
    return principal() instanceof Principal.User user && transport().isSocket() ? user : null;
  }

  public EventFilter filter() {
    return filter;
  }

  /** Sets the filter; the caller moves the session to the group of that filter. */
  public void filter(EventFilter changed) {
    filter = changed;
  }

  /** From now on the session gets only the events it asked for, not all that its role may see. */
  public void chooseEvents() {
    hasChosenEvents = true;
  }

  public boolean hasChosenEvents() {
    return hasChosenEvents;
  }

  /** Whether the session follows, or followed, kept events. */
  public boolean followsKept() {
    return kept != null;
  }

  /** The kept events it follows; made on first use, so that other sessions cost nothing. */
  public FollowedCollections kept() {
    FollowedCollections made = kept;
    if (made == null) {
      made = new FollowedCollections();
      kept = made;
    }
    return made;
  }

  public SubscribedLogs logs() {
    return logs;
  }

  /** Delivered messages that the user's inbox may hold. */
  public Receipts receipts() {
    return receipts;
  }

  public InboxProgress inboxProgress() {
    return inboxProgress;
  }

  public void inboxProgress(InboxProgress progress) {
    inboxProgress = progress;
  }

  /** How far the session was sent its user's inbox. */
  public InboxCursor inboxCursor() {
    return inboxCursor;
  }

  public Liveness liveness() {
    return liveness;
  }

  /** The position last sent to the client. */
  public SentPosition sentPosition() {
    return sentPosition;
  }

  /** Made with the client's first message, so that silent clients cost nothing. */
  public ClientLimits clientLimits(int perSecond, long now) {
    if (clientLimits == null) {
      clientLimits = new ClientLimits(perSecond, now);
    }
    return clientLimits;
  }

  /** Returns true once for each token: the client has not been warned of its expiry yet. */
  public boolean warnOfExpiry() {
    if (state instanceof Live live && !live.expiryWarned()) {
      state = live.warned();
      return true;
    }
    return false;
  }
}
