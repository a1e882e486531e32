package dev.switchboard.node;

import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.Tokens;
import dev.switchboard.bridge.Bridge;
import dev.switchboard.bridge.BridgeVerticle;
import dev.switchboard.bridge.HubQueue;
import dev.switchboard.bridge.LocalHubs;
import dev.switchboard.bridge.RedisAccess;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.node.warmup.LoadCounts;
import dev.switchboard.node.warmup.LoopbackLoad;
import dev.switchboard.redis.connection.RedisClients;
import dev.switchboard.sessions.SessionsVerticle;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * A second node in this process, to be exercised by a warm-up: it accepts events and sockets like
 * the first, over the same Redis, but on a loopback port, with event loops and metrics of its own.
 * It has no presence, webhooks or Postgres, and other nodes do not learn of it.
 *
 * <p>All its events are of one tenant with a random name. What they leave in Redis is deleted at
 * the end; should the process die before, it expires.
 */
final class WarmUpNode {
  /** The first events are accepted by then. */
  private static final long EXPIRE_MILLIS = 1_000;

  private final SwitchboardConfig config;
  private final SharedComponents components;
  private final TenantId tenant = new TenantId("warmup-" + UUID.randomUUID());
  private final Promise<LoopbackLoad> load = Promise.promise();
  private final Context loop;
  private final WarmUpKeys keys;

  /** For the node with that configuration. */
  WarmUpNode(SwitchboardConfig real, Clock clock) {
    this.config = WarmUpConfig.of(real);
    this.components = new SharedComponents(config, clock, SharedComponents.Pages.CONFIGURED);
    this.loop = components.vertx.getOrCreateContext();
    this.keys = new WarmUpKeys(components, components.redis.commands(), LogId.ofTenant(tenant));
  }

  /** Uses the password of an embedded Redis that the node itself uses. */
  void signInAs(RedisClients real) {
    components.redis.signInAs(real);
  }

  /**
   * Starts, serves the load for {@code limit} at most, and stops with nothing left. Completes on no
   * particular thread: its own event loops are gone by then.
   */
  Future<Void> run(Duration limit) {
    Promise<Void> ended = Promise.promise();
    deploy(new BridgeVerticle(this::bridge))
        .compose(bridge -> warmUp(limit).eventually(() -> undeploy(bridge)))
        .eventually(this::deleteKeys)
        .onComplete(result -> close().onComplete(closed -> ended.handle(result)));
    return ended.future();
  }

  private Future<Void> warmUp(Duration limit) {
    Tokens tokens =
        new Tokens(
            components.vertx,
            config.auth(),
            components.roles,
            config.auth().jwtSecret(),
            components.clock);
    components.tables.loadNothing();
    SessionsVerticle sessions = sessions(tokens);
    return deploy(sessions)
        .compose(
            deployed -> serve(sessions.port(), tokens, limit).eventually(() -> undeploy(deployed)));
  }

  private Future<Void> serve(int port, Tokens tokens, Duration limit) {
    LoopbackLoad made = new LoopbackLoad(components.vertx, port, tokens, tenant);
    if (!load.tryComplete(made)) {
      return Future.succeededFuture();
    }
    Future<Void> unused = components.vertx.timer(EXPIRE_MILLIS).compose(keysExist -> limitKeys());
    return made.run(limit);
  }

  private SessionsVerticle sessions(Tokens tokens) {
    Authenticator authenticator =
        new Authenticator(
            tokens,
            components.tables.callersKeys(),
            components.revocations,
            components.clock,
            components.metrics);
    LoopComponents loop =
        new LoopComponents(components, () -> authenticator, components.redis.commands());
    return new SessionsVerticle(
        0, ClientPort.protocol(config.http()), loop::hub, loop::routes, Future.succeededFuture());
  }

  private Bridge bridge() {
    return new Bridge(
        components.vertx,
        new RedisAccess(components.redis, components.keys, components::eventLog),
        new LocalHubs(components.nodeId, 1, HubQueue.Bounds.of(config.sessions())),
        components.observation(),
        state -> {});
  }

  private Future<String> deploy(VerticleBase verticle) {
    return components.vertx.deployVerticle(verticle);
  }

  private Future<Void> undeploy(String deployed) {
    return components.vertx.undeploy(deployed);
  }

  private Future<Void> limitKeys() {
    return onLoop(keys::expireSoon);
  }

  /** Comes after the verticles have stopped: a command of theirs could create a key again. */
  private Future<Void> deleteKeys() {
    return onLoop(keys::delete);
  }

  private <T> Future<T> onLoop(Supplier<Future<T>> action) {
    Promise<T> done = Promise.promise();
    loop.runOnContext(go -> action.get().onComplete(done));
    return done.future();
  }

  /** Ends its event loops; needed also if it never ran. */
  Future<Void> close() {
    return components.vertx.close();
  }

  /** Ends the load, or keeps it from beginning; callable from any thread. */
  void end() {
    if (!load.tryFail("the load was ended before it began")) {
      load.future().onSuccess(LoopbackLoad::end);
    }
  }

  /** What the load achieved so far. */
  LoadCounts counts() {
    return load.future().succeeded() ? load.future().result().counts() : new LoadCounts();
  }
}
