package dev.switchboard.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/**
 * Passes messages by reference and refuses to encode them: only Redis carries messages between
 * nodes, and a cluster manager must not be turned on by accident.
 */
final class LocalCodec<T> implements MessageCodec<T, T> {
  private final Class<T> type;

  LocalCodec(Class<T> type) {
    this.type = type;
  }

  static String nameFor(Class<?> type) {
    return "local:" + type.getName();
  }

  @Override
  public void encodeToWire(Buffer buffer, T message) {
    throw new IllegalStateException(type.getSimpleName() + " is for this node's event bus only");
  }

  @Override
  public T decodeFromWire(int position, Buffer buffer) {
    throw new IllegalStateException(type.getSimpleName() + " is for this node's event bus only");
  }

  @Override
  public T transform(T message) {
    return message;
  }

  @Override
  public String name() {
    return nameFor(type);
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
