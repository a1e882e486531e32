package dev.switchboard.redis.connection;

import dev.switchboard.event.Reason;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.RedisRights;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import io.vertx.redis.client.impl.types.ErrorType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tries, without an effect on data, every command, key and channel that a node uses, and finds the
 * rules that the ACL user lacks. {@code ACL DRYRUN} would need a right of its own.
 *
 * <p>Redis checks the right to a command before that to its keys, and both before the arguments. In
 * a cluster, keys of several slots are tried, since each server has its own users.
 */
final class RightsProbe {
  private static final int KEYS_IN_CLUSTER = 12;

  private final RedisCommands commands;
  private final Keys keys;
  private final Supplier<Future<OpenConnection>> subscription;
  private final Duration timeout;

  RightsProbe(
      RedisCommands commands,
      Keys keys,
      Supplier<Future<OpenConnection>> subscription,
      Duration timeout) {
    this.commands = commands;
    this.keys = keys;
    this.subscription = subscription;
    this.timeout = timeout;
  }

  /** Fails with a {@link RedisProblemException} that names the rules that are missing. */
  Future<Void> run(boolean cluster) {
    Set<String> missing = Collections.synchronizedSet(new TreeSet<>());
    List<Future<?>> probes = new ArrayList<>();
    for (int i = 0; i < (cluster ? KEYS_IN_CLUSTER : 1); i++) {
      RedisRights rights = new RedisRights(keys, UUID.randomUUID().toString());
      tryCommands(rights, cluster, missing, probes);
      tryKeys(rights, missing, probes);
    }
    probes.add(tryChannels(new RedisRights(keys, UUID.randomUUID().toString()), missing));
    return Future.join(probes)
        .transform(
            done ->
                missing.isEmpty()
                    ? Future.succeededFuture()
                    : Future.failedFuture(new RedisProblemException(message(missing))));
  }

  private static String message(Set<String> missing) {
    return "Redis denies the ACL user what a node needs; grant: " + String.join(" ", missing);
  }

  private void tryCommands(
      RedisRights rights, boolean cluster, Set<String> missing, List<Future<?>> probes) {
    for (RedisRights.Probe probe : rights.probes()) {
      if (cluster || !probe.command().equals("cluster")) {
        probes.add(
            commands
                .send(probe.command(), probe.arguments())
                .onFailure(
                    failure -> {
                      if (isDenied(failure, "command")) {
                        missing.add("+" + probe.command());
                      }
                    }));
      }
    }
  }

  private void tryKeys(RedisRights rights, Set<String> missing, List<Future<?>> probes) {
    for (String key : rights.keys()) {
      probes.add(
          commands
              .send("zrem", List.of(key, "rights-probe"))
              .onFailure(
                  failure -> {
                    if (isDenied(failure, "key")) {
                      missing.add("~" + rights.pattern(key));
                    }
                  }));
    }
  }

  /** Whether Redis refused a command because the ACL user lacks a right. */
  static boolean isDenial(Throwable failure) {
    return denial(failure) != null;
  }

  private static boolean isDenied(Throwable failure, String what) {
    ErrorType denial = denial(failure);
    return denial != null && Reason.of(denial).contains(what);
  }

  private static @Nullable ErrorType denial(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ErrorType error && error.is("NOPERM")) {
        return error;
      }
    }
    return null;
  }

  /** Redis answers in order, to each channel with a confirmation or an error. */
  private Future<Void> tryChannels(RedisRights rights, Set<String> missing) {
    List<String> channels = new ArrayList<>(rights.channels());
    channels.add(SubscriberConnection.HEARTBEAT_CHANNEL);
    return subscription
        .get()
        .compose(
            open ->
                answers(open, channels)
                    .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .onSuccess(
                        answers -> {
                          for (int i = 0; i < channels.size(); i++) {
                            String rule = denied(rights, channels.get(i), answers.get(i));
                            if (rule != null) {
                              missing.add(rule);
                            }
                          }
                        })
                    .onComplete(done -> open.close()))
        .mapEmpty();
  }

  private static @Nullable String denied(RedisRights rights, String channel, Response answer) {
    if (answer.type() != ResponseType.ERROR || !answer.toString().startsWith("NOPERM")) {
      return null;
    }
    return answer.toString().contains("command") ? "+subscribe" : "&" + rights.pattern(channel);
  }

  private static Future<List<Response>> answers(OpenConnection open, List<String> channels) {
    Promise<List<Response>> all = Promise.promise();
    List<Response> answers = new ArrayList<>();
    open.connection()
        .exceptionHandler(all::tryFail)
        .handler(
            answer -> {
              if (answer != null) {
                answers.add(answer);
              }
              if (answers.size() == channels.size()) {
                all.tryComplete(answers);
              }
            });
    for (String channel : channels) {
      open.connection().send(Request.cmd(Command.SUBSCRIBE).arg(channel)).onFailure(all::tryFail);
    }
    return all.future();
  }
}
