package dev.switchboard.redis.connection;

import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.RedisConfig.Mode;
import dev.switchboard.redis.RedisProblemException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** Makes sure before a start that Redis is there, new enough, and what the configuration says. */
final class RedisPreflight {
  private static final int[] OLDEST = {6, 2};

  private final RedisConfig config;
  private final WatchedCommands commands;

  RedisPreflight(RedisConfig config, WatchedCommands commands) {
    this.config = config;
    this.commands = commands;
  }

  /** Answers what is worth a warning. */
  Future<List<String>> run() {
    return commands.look().transform(this::compareWithInfo);
  }

  /** A server that refuses writes is asked for INFO too, which may tell the reason better. */
  private Future<List<String>> compareWithInfo(AsyncResult<Void> looked) {
    if (RedisState.of(looked.cause()) instanceof RedisState.Down) {
      return Future.failedFuture(looked.cause());
    }
    return commands
        .send("info", List.of())
        .compose(info -> judge(info.text()))
        .compose(
            warnings ->
                looked.succeeded()
                    ? Future.succeededFuture(warnings)
                    : Future.failedFuture(looked.cause()));
  }

  private Future<List<String>> judge(String info) {
    String mode = field(info, "redis_mode");
    if (mode.equals("sentinel")) {
      return problem("redis.nodes names a sentinel; set redis.mode to sentinel");
    }
    if (mode.equals("cluster") && config.mode() != Mode.cluster) {
      return problem("Redis there is part of a cluster; set redis.mode to cluster");
    }
    if (field(info, "role").equals("slave") && config.mode() == Mode.standalone) {
      return problem("Redis there is a replica; name its master in redis.nodes");
    }
    String version = field(info, "redis_version");
    if (isTooOld(version)) {
      return problem("Redis there is version " + version + "; use 6.2 or newer");
    }
    return Future.succeededFuture(warnings(info));
  }

  private static List<String> warnings(String info) {
    List<String> warnings = new ArrayList<>();
    String policy = field(info, "maxmemory_policy");
    if (!policy.isEmpty() && !policy.equals("noeviction")) {
      warnings.add(
          "Redis has maxmemory-policy "
              + policy
              + ": logs and inboxes may go missing; set it to noeviction");
    }
    return warnings;
  }

  private static <T> Future<T> problem(String words) {
    return Future.failedFuture(new RedisProblemException(words));
  }

  private static boolean isTooOld(String version) {
    String[] parts = version.split("\\.");
    if (parts.length < 2) {
      return false;
    }
    int major = Integer.parseInt(parts[0]);
    return major < OLDEST[0] || (major == OLDEST[0] && Integer.parseInt(parts[1]) < OLDEST[1]);
  }

  private static String field(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).trim())
        .findFirst()
        .orElse("");
  }
}
