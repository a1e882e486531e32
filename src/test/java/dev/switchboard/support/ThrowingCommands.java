package dev.switchboard.support;

import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.Reply;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Commands of Redis that throw, as a mistake of ours would, instead of failing their future. */
public final class ThrowingCommands implements RedisCommands {
  private final @Nullable RedisCommands repaired;
  private final AtomicInteger thrown = new AtomicInteger();
  private volatile boolean broken;

  /** Always throws. */
  public ThrowingCommands() {
    this.repaired = null;
    this.broken = true;
  }

  /** Passes commands on until {@link #breakDown}. */
  public ThrowingCommands(RedisCommands repaired) {
    this.repaired = repaired;
  }

  /** Throws from now on. */
  public void breakDown() {
    broken = true;
  }

  /** Passes commands on again. */
  public void repair() {
    broken = false;
  }

  /** How many commands threw. */
  public int thrown() {
    return thrown.get();
  }

  private RedisCommands working() {
    RedisCommands commands = repaired;
    if (broken || commands == null) {
      thrown.incrementAndGet();
      throw new IllegalStateException("thrown by a test");
    }
    return commands;
  }

  @Override
  public Future<Reply> send(String command, List<?> arguments) {
    return working().send(command, arguments);
  }

  @Override
  public <T> Future<T> replicated(String key, Future<T> write) {
    return working().replicated(key, write);
  }

  @Override
  public Future<Integer> publishEverywhere(String channel, String message) {
    return working().publishEverywhere(channel, message);
  }

  @Override
  public Future<Void> close() {
    return repaired == null ? Future.succeededFuture() : repaired.close();
  }
}
