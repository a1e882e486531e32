package dev.switchboard.support;

import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** Keeps what is sent with PUBLISH instead of sending it. */
public final class PublishedMessages implements RedisCommands {
  private final List<String> messages = new ArrayList<>();

  /** The last argument of every PUBLISH, in order. */
  public List<String> messages() {
    return messages;
  }

  @Override
  public Future<Reply> send(String command, List<?> arguments) {
    if (command.equals("publish")) {
      messages.add(arguments.get(arguments.size() - 1).toString());
    }
    return Future.succeededFuture(new Reply(null));
  }

  @Override
  public <T> Future<T> replicated(String key, Future<T> write) {
    return write;
  }

  @Override
  public Future<Integer> publishEverywhere(String channel, String message) {
    return Future.succeededFuture(0);
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
