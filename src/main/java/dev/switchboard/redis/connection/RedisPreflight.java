package dev.switchboard.redis.connection;

import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.RedisConfig.Mode;
import dev.switchboard.redis.RedisProblemException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks before a start that Redis answers, is new enough, and is what the configuration says. */
final class RedisPreflight {
  private static final int[] MIN_VERSION = {6, 2};
  private static final Pattern VERSION = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})");

  private final RedisConfig config;
  private final WatchedCommands commands;

  RedisPreflight(RedisConfig config, WatchedCommands commands) {
    this.config = config;
    this.commands = commands;
  }

  /** Answers warnings; fails with a {@link RedisProblemException} if Redis can't be used. */
  Future<List<String>> run() {
    return commands.check().transform(this::compareWithInfo);
  }

  /** Also asks a server that refuses writes for INFO, which may show the reason more clearly. */
  private Future<List<String>> compareWithInfo(AsyncResult<Void> checked) {
    if (RedisState.of(checked.cause()) instanceof RedisState.Down) {
      return Future.failedFuture(checked.cause());
    }
    return commands
        .send("info", List.of())
        .compose(info -> examine(config, info.text()))
        .compose(
            warnings ->
                checked.succeeded()
                    ? Future.succeededFuture(warnings)
                    : Future.failedFuture(checked.cause()));
  }

  /** Reads INFO; answers warnings, or fails with a {@link RedisProblemException}. */
  static Future<List<String>> examine(RedisConfig config, String info) {
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
              + ", so it may delete logs and inboxes; set it to noeviction");
    }
    return warnings;
  }

  private static <T> Future<T> problem(String message) {
    return Future.failedFuture(new RedisProblemException(message));
  }

  private static boolean isTooOld(String version) {
    Matcher numbers = VERSION.matcher(version);
    if (!numbers.lookingAt()) {
      return false;
    }
    int major = Integer.parseInt(numbers.group(1));
    return major < MIN_VERSION[0]
        || (major == MIN_VERSION[0] && Integer.parseInt(numbers.group(2)) < MIN_VERSION[1]);
  }

  private static String field(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).trim())
        .findFirst()
        .orElse("");
  }
}
