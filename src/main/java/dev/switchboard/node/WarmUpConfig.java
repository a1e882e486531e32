package dev.switchboard.node;

import dev.switchboard.config.AuthConfig;
import dev.switchboard.config.HttpConfig;
import dev.switchboard.config.IngestConfig;
import dev.switchboard.config.NodeConfig;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.config.ops.MetricsConfig;
import dev.switchboard.config.pages.ConsoleConfig;
import dev.switchboard.config.pages.DocsConfig;
import dev.switchboard.config.pages.PortalConfig;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Derives the configuration of a {@link WarmUpNode}: the node's own, except for what clients, other
 * nodes or other programs could notice.
 */
final class WarmUpConfig {
  /**
   * First part of public keys and channels: ACLs allow these names, and no client subscribes to
   * them.
   */
  private static final String PREFIX = "switchboard";

  /** On a busy machine, cold code alone can take longer than the usual wait for an answer. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** More than the load client can send. */
  private static final int RATE = 10_000_000;

  private WarmUpConfig() {}

  /** Returns the configuration for the warm-up of {@code config}'s node. */
  static SwitchboardConfig of(SwitchboardConfig config) {
    return new SwitchboardConfig(
        new NodeConfig(
            "warmup-" + UUID.randomUUID(),
            config.node().dataDirectory(),
            Duration.ZERO,
            config.node().storesTimeout()),
        loopback(config.http()),
        new DocsConfig(false),
        config.management(),
        redis(config.redis()),
        config.postgres(),
        auth(config.auth()),
        ingest(config.ingest()),
        config.schemas(),
        config.logs(),
        config.kept(),
        config.limits(),
        config.sessions(),
        config.presence(),
        config.inbox(),
        config.webhooks(),
        console(config.console()),
        portal(config.portal()),
        config.encryption(),
        config.logging(),
        new MetricsConfig(List.of()));
  }

  private static HttpConfig loopback(HttpConfig http) {
    return new HttpConfig(
        "127.0.0.1",
        0,
        http.drainTimeout(),
        http.idleTimeout(),
        http.bodyTimeout(),
        http.bodyMemory(),
        List.of(),
        false,
        List.of());
  }

  private static ConsoleConfig console(ConsoleConfig console) {
    return new ConsoleConfig(
        false, List.of(), List.of(), console.sessionLifetime(), console.idle());
  }

  private static PortalConfig portal(PortalConfig portal) {
    return new PortalConfig(false, "", List.of(), "", portal.maxLifetime());
  }

  /** With a random secret that only this process knows; no issuer is asked for its keys. */
  private static AuthConfig auth(AuthConfig auth) {
    return new AuthConfig(
        new Secret(UUID.randomUUID().toString() + UUID.randomUUID()),
        List.of(),
        "",
        auth.jwksRefresh(),
        auth.jwksPause(),
        "",
        "",
        auth.leeway(),
        auth.roles());
  }

  private static IngestConfig ingest(IngestConfig ingest) {
    return new IngestConfig(
        ingest.maxPayload(),
        ingest.maxBatch(),
        ingest.maxBody(),
        ingest.maxInFlight(),
        ingest.maxRememberedIds(),
        RATE,
        RATE);
  }

  private static RedisConfig redis(RedisConfig redis) {
    return new RedisConfig(
        redis.mode(),
        redis.embeddedPort(),
        redis.embeddedProgram(),
        redis.nodes(),
        redis.masterName(),
        redis.user(),
        redis.password(),
        redis.sentinelUser(),
        redis.sentinelPassword(),
        redis.database(),
        redis.tls(),
        redis.tlsVerify(),
        redis.tlsCa(),
        redis.tlsCertificate(),
        redis.tlsKey(),
        redis.poolSize(),
        redis.waitReplicas(),
        PREFIX,
        redis.eventsChannel(),
        TIMEOUT,
        redis.subscriptionSilence());
  }
}
