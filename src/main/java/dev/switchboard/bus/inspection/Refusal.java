package dev.switchboard.bus.inspection;

import dev.switchboard.event.TenantId;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request or session that this node refused or ended, without secrets.
 *
 * @param reason short name: the problem's, or the close reason's
 * @param outcome HTTP status or close code
 * @param tenant of the caller, once it is authenticated; never one that an unauthenticated client
 *     only names
 * @param address of the client; null if it is unknown
 * @param detail for people
 */
public record Refusal(
    Instant at,
    Where where,
    String reason,
    Outcome outcome,
    @Nullable TenantId tenant,
    @Nullable String address,
    String detail) {
  private static final int MAX_DETAIL = 300;

  /** What was refused. */
  public enum Where {
    HTTP,
    SOCKET,
    STREAM;

    /** The name in JSON. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How the client was told. */
  public sealed interface Outcome {}

  /** By the status of an HTTP response. */
  public record Status(int value) implements Outcome {}

  /** By the code of a close frame, or of a stream's last event. */
  public record CloseCode(int value) implements Outcome {}

  /** Cuts a long detail. */
  public Refusal {
    detail = detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) + "…" : detail;
  }
}
