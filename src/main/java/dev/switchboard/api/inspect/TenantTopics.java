package dev.switchboard.api.inspect;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import io.vertx.core.Future;
import java.util.List;

/** The topics on which events of a tenant were logged lately, or are kept. */
public final class TenantTopics {
  private static final int MOST = 1_000;

  private final RedisCommands redis;
  private final Keys keys;

  /** Over the commands of one event loop. */
  public TenantTopics(RedisCommands redis, Keys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /** The topics of a tenant, at most 1,000, those that live longest first. */
  public Future<List<Topic>> of(TenantId tenant) {
    return redis
        .send("zrevrange", List.of(keys.topics(tenant), 0, MOST - 1))
        .map(found -> found.list().stream().map(Reply::text).map(Topic::new).toList());
  }
}
