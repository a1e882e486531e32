package dev.switchboard.client;

import dev.switchboard.client.model.Event;
import dev.switchboard.client.model.KeptCollection;
import dev.switchboard.client.model.LoadRequest;
import dev.switchboard.client.model.Names;
import dev.switchboard.client.model.PublishOptions;
import dev.switchboard.client.model.Published;
import dev.switchboard.client.model.SessionInfo;
import dev.switchboard.client.model.Status;
import dev.switchboard.client.model.TokenRequest;
import dev.switchboard.client.platform.HttpWire;
import dev.switchboard.client.platform.ThreadLoop;
import dev.switchboard.client.platform.Wire;
import dev.switchboard.client.session.ClientSession;
import dev.switchboard.client.session.Settings;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A signed-in connection to Switchboard that keeps its position over every kind of interruption:
 * the application gets every event once and in order, or is informed that this can't be proven.
 *
 * <pre>{@code
 * SwitchboardClient client =
 *     SwitchboardClient.builder(URI.create("https://events.example.com"))
 *         .token(request -> fetchToken())
 *         .names(Names.ofEvents("call.*"))
 *         .build();
 * client.on("call.*", event -> show(event));
 * client.connect();
 * }</pre>
 *
 * <p>Usable from every thread. Listeners and functions of the application run on the client's own
 * thread, one at a time, and must not block it.
 */
public final class SwitchboardClient implements AutoCloseable {
  private final ClientSession session;

  SwitchboardClient(ClientSession session) {
    this.session = session;
  }

  /**
   * Begins to describe a client.
   *
   * @param server {@code https://host} or {@code http://host}, optionally with a port
   */
  public static Builder builder(URI server) {
    return new Builder(server);
  }

  /** Connects, unless the client is connected, waits to connect, or is closed. */
  public void connect() {
    session.connect();
  }

  /** Ends the connection; {@link #connect()} continues from the same position. */
  public void disconnect() {
    session.disconnect();
  }

  /** Ends the client; it can not be used again. */
  @Override
  public void close() {
    session.close();
  }

  public Status status() {
    return session.status();
  }

  /** The last session; null before the first. */
  public @Nullable SessionInfo session() {
    return session.session();
  }

  /**
   * Calls the listener with every event of a type, or of a pattern such as {@code call.*} or {@code
   * *}. A message of the inbox counts as received once a listener took it without throwing.
   *
   * @return removes the listener
   */
  public Runnable on(String pattern, Consumer<Event> listener) {
    return session.listen(pattern, listener);
  }

  /** Calls the listener with each new status; the result removes it. */
  public Runnable onStatus(Consumer<Status> listener) {
    return session.listenToStatus(listener);
  }

  /** Calls the listener whenever it can't be proven that no event is missing. */
  public Runnable onResync(Consumer<LoadRequest.Reason> listener) {
    return session.listenToResyncs(listener);
  }

  /** Follows more; completes when the server has confirmed it. */
  public CompletableFuture<Void> subscribe(Names names) {
    return session.subscribe(names, null);
  }

  /** The same; the events of these topics continue behind {@code after}, an id or position. */
  public CompletableFuture<Void> subscribe(Names names, String after) {
    return session.subscribe(names, after);
  }

  /** Follows less; completes when the server has confirmed it. */
  public CompletableFuture<Void> unsubscribe(Names names) {
    return session.unsubscribe(names);
  }

  /**
   * Returns the live map of a collection that the client follows, by {@link Builder#names} or
   * {@link #subscribe}.
   */
  public KeptCollection kept(String collection) {
    return session.kept(collection);
  }

  /** Publishes an event to no particular user. */
  public CompletableFuture<Published> publish(String type, @Nullable Object payload) {
    return publish(type, payload, PublishOptions.DEFAULT);
  }

  /**
   * Publishes an event; it is sent again after a reconnect, under the same id, until the server has
   * answered. Fails with a {@link dev.switchboard.client.model.SwitchboardException} that says what
   * became of it.
   *
   * @param payload consists of maps, lists, texts, numbers, booleans and null
   */
  public CompletableFuture<Published> publish(
      String type, @Nullable Object payload, PublishOptions options) {
    return session.publish(type, payload, options);
  }

  /** Proves receipt of messages of the inbox, if that is not left to listeners. */
  public void acknowledge(List<String> eventIds) {
    session.acknowledge(eventIds);
  }

  /** Describes a client. */
  public static final class Builder {
    private final URI server;
    private String path = "/ws";
    private Map<String, String> parameters = Map.of();
    private @Nullable String credentialName;
    private Function<TokenRequest, CompletionStage<String>> credential =
        request -> CompletableFuture.failedFuture(new IllegalStateException("no credential"));
    private @Nullable Function<LoadRequest, CompletionStage<?>> load;
    private Names names = Names.ofEvents();
    private boolean automaticReceipts = true;
    private Consumer<Throwable> errors =
        failure ->
            System.getLogger(SwitchboardClient.class.getName())
                .log(System.Logger.Level.WARNING, "Switchboard client", failure);
    private @Nullable HttpClient http;

    private Builder(URI server) {
      if (!"https".equals(server.getScheme()) && !"http".equals(server.getScheme())) {
        throw new IllegalArgumentException(
            "the server's address must begin with https:// or http://");
      }
      this.server = server;
    }

    /** Signs in with the token that the function gives, which is called for each connection. */
    public Builder token(Function<TokenRequest, CompletionStage<String>> source) {
      credentialName = "token";
      credential = source;
      return this;
    }

    /** Signs in with one token, until it expires. */
    public Builder token(String token) {
      return token(request -> CompletableFuture.completedFuture(token));
    }

    /** Signs in with the connect ticket that the function gives, which is called each time. */
    public Builder ticket(Function<TokenRequest, CompletionStage<String>> source) {
      credentialName = "ticket";
      credential = source;
      return this;
    }

    /** Connects as an anonymous visitor of a chat. */
    public Builder visitor(String chat, String widgetKey) {
      path = "/ws/public/" + chat;
      parameters = Map.of("widget_key", widgetKey);
      return this;
    }

    /**
     * Loads what the application shows: first, and whenever nothing can be proven. Events wait
     * until the result has completed.
     */
    public Builder load(Function<LoadRequest, CompletionStage<?>> function) {
      load = function;
      return this;
    }

    /** Follows these from the start; all events if nothing is named. */
    public Builder names(Names followed) {
      names = followed;
      return this;
    }

    /** Leaves receipts of the inbox to {@link SwitchboardClient#acknowledge}. */
    public Builder explicitReceipts() {
      automaticReceipts = false;
      return this;
    }

    /** Reports what goes wrong without ending the client; logged as a warning by default. */
    public Builder onError(Consumer<Throwable> listener) {
      errors = listener;
      return this;
    }

    /** Uses this HTTP client, for its proxy or TLS settings. */
    public Builder httpClient(HttpClient client) {
      http = client;
      return this;
    }

    /** Makes the client, which does nothing before {@link SwitchboardClient#connect()}. */
    public SwitchboardClient build() {
      Wire wire = new HttpWire(http == null ? HttpClient.newHttpClient() : http);
      return new SwitchboardClient(new ClientSession(settings(), new ThreadLoop(errors), wire));
    }

    Settings settings() {
      if (credentialName == null && parameters.isEmpty()) {
        throw new IllegalStateException("give a token, a ticket or a visitor's widget key");
      }
      return new Settings(
          server,
          path,
          parameters,
          credentialName,
          credential,
          load,
          names,
          automaticReceipts,
          errors);
    }
  }
}
