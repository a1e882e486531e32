package dev.switchboard.sessions.trace;

import dev.switchboard.event.TenantId;
import dev.switchboard.sessions.subscriptions.AttemptObserver;
import dev.switchboard.sessions.subscriptions.AttemptTail;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/**
 * One open trace of attempts at webhooks. Attempts that the reader is too slow for, or that a node
 * left out, are counted as missed. Belongs to one event loop.
 */
public final class AttemptTrace implements AttemptObserver {
  private final Request request;
  private final Output output;
  private boolean opened;
  private long missed;

  /**
   * What is traced.
   *
   * @param webhook the only one whose attempts are shown, or {@link AttemptTail#EVERY}
   */
  public record Request(TenantId tenant, long webhook) {}

  /** Takes what a trace shows. */
  public interface Output extends LiveOutput {
    /** An attempt, as JSON. */
    void attempt(Buffer json);
  }

  AttemptTrace(Request request, Output output) {
    this.request = request;
    this.output = output;
  }

  Request request() {
    return request;
  }

  Output output() {
    return output;
  }

  @Override
  public void opened() {
    if (!opened) {
      opened = true;
      output.ready();
    }
  }

  /** What has another form was not sent by a node, and counts as missed. */
  @Override
  public void attempted(byte[] message) {
    try {
      JsonObject json = new JsonObject(Buffer.buffer(message));
      show(json.getString("type", ""), json.getJsonObject("payload", new JsonObject()));
    } catch (DecodeException | ClassCastException e) {
      missed++;
    }
  }

  private void show(String type, JsonObject payload) {
    if (type.equals("webhook.attempts_missed")) {
      missed += payload.getLong("count", 0L);
    } else if (output.isFull()) {
      missed++;
    } else {
      output.attempt(payload.toBuffer());
    }
  }

  /** Says how many attempts were missed since the last call, if any; to be called every second. */
  public void reportMissed() {
    if (missed > 0 && !output.isFull()) {
      output.missed(missed);
      missed = 0;
    }
  }
}
