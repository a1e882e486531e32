package dev.switchboard.client.session;

import static java.util.Objects.requireNonNull;

import dev.switchboard.client.model.Event;
import dev.switchboard.client.model.KeptCollection;
import dev.switchboard.client.model.LoadRequest.Reason;
import dev.switchboard.client.model.Names;
import dev.switchboard.client.model.PublishOptions;
import dev.switchboard.client.model.Published;
import dev.switchboard.client.model.SessionInfo;
import dev.switchboard.client.model.Status;
import dev.switchboard.client.model.Status.State;
import dev.switchboard.client.model.SwitchboardException;
import dev.switchboard.client.platform.Json;
import dev.switchboard.client.platform.Loop;
import dev.switchboard.client.platform.Wire;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The protocol's side of a client: connects, resumes, and reacts to what the server says. Its
 * public methods may be called on every thread; everything else happens on the client's.
 */
public final class ClientSession {
  private static final long ANSWER_TIMEOUT = 30 * Backoff.SECOND;

  private static final Set<String> POSITIONED =
      Set.of("connected", "subscribed", "unsubscribed", "pong", "position", "resync", "kept.end");

  private final Settings settings;
  private final Loop loop;
  private final Listeners listeners;
  private final Announcements announcements;
  private final Cursor cursor = new Cursor();
  private final Answers answers = new Answers();
  private final Following following;
  private final KeptStore kept;
  private final Publications publications;
  private final Subscriptions subscriptions;
  private final Receipts receipts;
  private final Loading loading;
  private final TokenRenewal renewal;
  private final Openings openings;
  private final Connection connection;
  private volatile @Nullable SessionInfo session;
  private volatile long clockOffset;
  private @Nullable SessionInfo identity;

  /** Why nothing can be proven yet, for the next {@code connected}. */
  private @Nullable Reason loadReason;

  /** Makes a session that does nothing yet. */
  public ClientSession(Settings settings, Loop loop, Wire wire) {
    this.settings = settings;
    this.loop = loop;
    this.listeners = new Listeners(this::report);
    this.announcements = new Announcements(settings.errors());
    this.following = new Following(settings.names());
    this.kept = new KeptStore(loop, this::serverTime);
    settings.names().kept().forEach(kept::collection);
    Lane publishes =
        new Lane(loop, (text, answered) -> ask(text, answered, () -> {}), ANSWER_TIMEOUT);
    this.publications = new Publications(publishes, this::sendOnce);
    Lane changes = new Lane(loop, (text, answered) -> ask(text, answered, () -> {}), 0);
    this.subscriptions = new Subscriptions(changes, following, kept, cursor, this::subscribed);
    this.receipts = new Receipts(loop, settings.automaticReceipts(), this::sendIfLive);
    this.loading = new Loading(loop, settings.load(), new LoadingOwner());
    Credentials credentials = new Credentials(loop, settings);
    this.renewal = new TokenRenewal(loop, settings, credentials, this);
    this.openings = new Openings(settings, following, kept, cursor);
    this.connection = new Connection(loop, wire, credentials, new ConnectionOwner());
    this.loadReason = settings.load() == null ? null : Reason.START;
  }

  public Status status() {
    return announcements.status();
  }

  public @Nullable SessionInfo session() {
    return session;
  }

  Instant serverTime() {
    return Instant.ofEpochMilli(loop.now() + clockOffset);
  }

  // ---- What the application says, on any thread

  /** Adds a listener of events; the result removes it. */
  public Runnable listen(String pattern, Consumer<Event> listener) {
    return listeners.add(pattern, listener);
  }

  /** Adds a listener of the status; the result removes it. */
  public Runnable listenToStatus(Consumer<Status> listener) {
    return announcements.listenToStatus(listener);
  }

  /** Adds a listener of losses that can't be excluded; the result removes it. */
  public Runnable listenToResyncs(Consumer<Reason> listener) {
    return announcements.listenToResyncs(listener);
  }

  /** Returns the live map of a collection. */
  public KeptCollection kept(String collection) {
    return kept.collection(collection);
  }

  public void connect() {
    loop.execute(
        () -> {
          if (status().state() == State.IDLE) {
            connection.start();
          }
        });
  }

  public void disconnect() {
    loop.execute(
        () -> {
          if (status().state() != State.CLOSED) {
            connection.detach();
            show(State.IDLE, null, null);
          }
        });
  }

  /** Ends the session; it can not be used again. */
  public void close() {
    loop.execute(() -> finish(Status.Reason.CLOSED_BY_CLIENT, "the client was closed"));
  }

  /**
   * Follows more; completes when the server has confirmed it.
   *
   * @param after where the events of these topics continue; null for where they ended
   */
  public CompletableFuture<Void> subscribe(Names names, @Nullable String after) {
    return change(true, names, after);
  }

  /** Follows less; completes when the server has confirmed it. */
  public CompletableFuture<Void> unsubscribe(Names names) {
    return change(false, names, null);
  }

  private CompletableFuture<Void> change(boolean subscribe, Names names, @Nullable String after) {
    return CompletableFuture.completedFuture(names)
        .thenComposeAsync(
            changed -> {
              if (status().state() == State.CLOSED) {
                return CompletableFuture.failedFuture(SwitchboardException.notSent("closed"));
              }
              changed.kept().forEach(kept::collection);
              return subscriptions.change(subscribe, changed, after);
            },
            loop::execute);
  }

  /** Publishes an event, once. */
  public CompletableFuture<Published> publish(
      String type, @Nullable Object payload, PublishOptions options) {
    Publications.Publication publication = publications.new Publication(type, payload, options);
    loop.execute(
        () -> {
          if (status().state() == State.CLOSED) {
            publication.fail(SwitchboardException.notSent("closed"));
          } else {
            publications.send(publication);
          }
        });
    return publication.result();
  }

  /** Proves receipt of messages of the inbox. */
  public void acknowledge(List<String> eventIds) {
    loop.execute(() -> receipts.acknowledge(eventIds));
  }

  // ---- The connection

  void finish(Status.Reason reason, String message) {
    if (status().state() == State.CLOSED) {
      return;
    }
    connection.detach();
    kept.stop();
    loading.cancel();
    show(State.CLOSED, reason, null);
    String code = reason.name().toLowerCase(Locale.ROOT);
    publications.clear(code, message);
    subscriptions.clear(code, message);
  }

  private final class ConnectionOwner implements Connection.Owner {
    @Override
    public boolean mayConnect() {
      if (loading.hasOverflowed()) {
        show(State.WAITING, Status.Reason.OVERFLOW, null);
        return false;
      }
      return true;
    }

    @Override
    public void connecting() {
      show(State.CONNECTING, status().reason(), null);
    }

    @Override
    public Openings.Opening opening(@Nullable String credential) {
      if (cursor.isEmpty()) {
        subscriptions.moveIntoAddress();
      }
      return openings.next(credential);
    }

    @Override
    public void received(Link from, String text) {
      ClientSession.this.received(from, text);
    }

    @Override
    public void ended() {
      renewal.stop();
      answers.clear();
      receipts.lost();
      publications.interrupt();
      subscriptions.interrupt();
    }

    @Override
    public void rejectLongest() {
      answers.rejectLongest();
    }

    @Override
    public void waiting(Status.Reason reason, Instant retryAt) {
      show(State.WAITING, reason, retryAt);
    }

    @Override
    public void finish(Status.Reason reason, String message) {
      ClientSession.this.finish(reason, message);
    }

    @Override
    public void report(Throwable failure) {
      ClientSession.this.report(failure);
    }
  }

  // ---- What the server says

  private void received(Link from, String text) {
    if (text.isEmpty()) {
      return;
    }
    Map<String, @Nullable Object> members = parse(text);
    if (members == null) {
      return;
    }
    if (members.get("tenant_id") == null) {
      receive(from, new Message(members));
    } else {
      receive(new Event(members), text.length());
    }
  }

  @SuppressWarnings("unchecked") // Json makes nothing else of an object.
  private @Nullable Map<String, @Nullable Object> parse(String text) {
    try {
      return Json.read(text) instanceof Map<?, ?> members
          ? (Map<String, @Nullable Object>) members
          : null;
    } catch (IllegalArgumentException malformed) {
      report(malformed);
      return null;
    }
  }

  private void receive(Link from, Message message) {
    if (POSITIONED.contains(message.type())) {
      moveTo(message);
    }
    react(from, message);
    if (message.type().startsWith("kept.")) {
      setClock(message.time("time"));
      kept.receive(message);
    }
    if (!answers.receive(message) && message.type().equals("error")) {
      report(message.refusal());
    }
  }

  /** A position covers all logs except those of topics whose subscription is not confirmed. */
  private void moveTo(Message message) {
    String position = message.text("position");
    if (position != null && !position.isEmpty()) {
      Set<String> unconfirmed = subscriptions.unconfirmedTopics();
      message.texts("topics").forEach(unconfirmed::remove);
      cursor.moveTo(position, unconfirmed);
    }
  }

  private void react(Link from, Message message) {
    switch (message.type()) {
      case "connected" -> connected(from, message);
      case "resync" -> {
        kept.doubtAll();
        subscriptions.followUsers();
        nothingProven(Reason.RESYNC);
      }
      case "degraded" -> show(State.DEGRADED, null, null);
      case "restored" -> show(State.CONNECTED, null, null);
      case "token.expiring" ->
          renewal.expiring(from, loop.now() + message.number("expires_in_seconds") * 1_000);
      default -> {}
    }
  }

  private void connected(Link from, Message message) {
    SessionInfo opened = sessionInfo(message);
    if (isAnotherIdentity(opened)) {
      startAgain();
      return;
    }
    connection.accepted(from);
    session = opened;
    identity = opened;
    setClock(message.time("time"));
    boolean unrecovered = Boolean.FALSE.equals(opened.recovered());
    if (unrecovered) {
      kept.doubtAll();
    }
    if (following.hasKept() && message.time("time") == null) {
      report(new SwitchboardException("unsupported", "this server has no kept events", null));
    }
    show(State.CONNECTED, null, null);
    Reason reason = unrecovered ? Reason.UNRECOVERED : loadReason;
    if (reason != null) {
      nothingProven(reason);
    }
    // A listener may have left already.
    if (connection.isCurrent(from)) {
      subscriptions.connected();
      publications.flush();
    }
  }

  private static SessionInfo sessionInfo(Message message) {
    return new SessionInfo(
        String.valueOf(message.text("tenant_id")),
        message.text("user_id"),
        message.text("role"),
        message.flag("recovered"),
        String.valueOf(message.text("position")));
  }

  /** Servers of an older version send no role. */
  private boolean isAnotherIdentity(SessionInfo now) {
    SessionInfo before = identity;
    if (before == null) {
      return false;
    }
    boolean otherRole =
        before.role() != null && now.role() != null && !before.role().equals(now.role());
    return otherRole
        || !before.tenantId().equals(now.tenantId())
        || !Objects.equals(before.userId(), now.userId());
  }

  /** Another person or role is signed in: nothing of the one before may be continued. */
  void startAgain() {
    cursor.clear();
    identity = null;
    loading.reset();
    kept.clear();
    receipts.forget();
    loadReason = Reason.IDENTITY;
    publications.clear("identity", "another person is signed in now");
    connection.replace(Status.Reason.IDENTITY);
  }

  private void setClock(@Nullable Instant time) {
    if (time != null) {
      clockOffset = time.toEpochMilli() - loop.now();
    }
  }

  private void subscribed(Message answer) {
    if (Boolean.FALSE.equals(answer.flag("recovered"))) {
      nothingProven(Reason.UNRECOVERED);
    }
  }

  /** What the application shows may be incomplete from here on. */
  private void nothingProven(Reason reason) {
    String position = cursor.position();
    loadReason = null;
    if (reason != Reason.START) {
      announcements.announceResync(reason);
    }
    loading.begin(reason, position);
  }

  // ---- Events

  private void receive(Event event, int length) {
    cursor.pass(event);
    kept.apply(event);
    if (loading.isHoldingBack()) {
      loading.holdBack(event, length);
    } else {
      handOn(event);
    }
  }

  /** Hands an event to listeners, and proves receipt of what came to the user's inbox. */
  private void handOn(Event event) {
    boolean stored = Receipts.mayBeStored(event);
    if (stored && receipts.isRepeat(event)) {
      receipts.acknowledge(List.of(requireNonNull(event.eventId())));
    } else if (status().state() != State.CLOSED && listeners.emit(event) && stored) {
      receipts.handedOn(requireNonNull(event.eventId()));
    }
  }

  private final class LoadingOwner implements Loading.Owner {
    @Override
    public void overflowed() {
      kept.doubtAll();
      connection.detach();
      show(State.WAITING, Status.Reason.OVERFLOW, null);
    }

    @Override
    public void continueFrom(String position) {
      cursor.moveTo(position, Set.of());
      if (status().reason() == Status.Reason.OVERFLOW) {
        connection.open();
      }
    }

    @Override
    public void handOn(Event event) {
      ClientSession.this.handOn(event);
    }

    @Override
    public void changed() {
      show(status().state(), status().reason(), status().retryAt());
    }

    @Override
    public void report(Throwable failure) {
      ClientSession.this.report(failure);
    }
  }

  // ---- Sending

  /** Sends a message whose answer is waited for; false without a connection. */
  private boolean ask(String text, Consumer<Message> answered, Runnable lost) {
    return connection.isLive() && connection.send(answers.add(text, answered, lost));
  }

  /** Sends a message once, and completes with its answer. */
  CompletableFuture<Message> request(String text) {
    CompletableFuture<Message> answer = new CompletableFuture<>();
    Runnable lost =
        () -> answer.completeExceptionally(SwitchboardException.notSent("not_connected"));
    boolean sent =
        ask(
            text,
            message -> {
              if (message.type().equals("error")) {
                answer.completeExceptionally(message.refusal());
              } else {
                answer.complete(message);
              }
            },
            lost);
    if (!sent) {
      lost.run();
    }
    return answer;
  }

  /** Sends a message that is not answered; false without a connection. */
  boolean sendOnce(String text) {
    return connection.send(text);
  }

  private void sendIfLive(String text) {
    boolean unused = sendOnce(text);
  }

  boolean isCurrent(Link other) {
    return connection.isCurrent(other);
  }

  private void show(State state, Status.@Nullable Reason reason, @Nullable Instant retryAt) {
    announcements.changeStatus(new Status(state, reason, retryAt, loading.isRunning()));
  }

  void report(Throwable failure) {
    settings.errors().accept(failure);
  }
}
