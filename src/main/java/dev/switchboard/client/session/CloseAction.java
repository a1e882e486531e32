package dev.switchboard.client.session;

import dev.switchboard.client.model.Status.Reason;
import java.util.Map;

/**
 * What the client does when the server closes with a code.
 *
 * @param reason what the status shows
 */
record CloseAction(Reason reason, Next next) {
  private static final CloseAction LOSS = new CloseAction(Reason.NETWORK, Next.BACK_OFF);

  private static final Map<Integer, CloseAction> BY_CODE =
      Map.ofEntries(
          Map.entry(1001, new CloseAction(Reason.SERVER_RESTART, Next.WHEN_TOLD)),
          Map.entry(1002, new CloseAction(Reason.PROTOCOL_ERROR, Next.STOP)),
          Map.entry(1003, new CloseAction(Reason.PROTOCOL_ERROR, Next.STOP)),
          Map.entry(1007, new CloseAction(Reason.PROTOCOL_ERROR, Next.STOP)),
          Map.entry(1009, new CloseAction(Reason.MESSAGE_TOO_BIG, Next.REJECT_LONGEST)),
          Map.entry(4008, new CloseAction(Reason.TOO_SLOW, Next.SOON)),
          Map.entry(4400, new CloseAction(Reason.BAD_REQUEST, Next.STOP)),
          Map.entry(4401, new CloseAction(Reason.NOT_AUTHENTICATED, Next.NEW_TOKEN)),
          Map.entry(4403, new CloseAction(Reason.FORBIDDEN, Next.STOP)),
          Map.entry(4404, new CloseAction(Reason.UNKNOWN_WIDGET, Next.ONCE_MORE)),
          Map.entry(4408, new CloseAction(Reason.NO_HEARTBEAT, Next.SOON)),
          Map.entry(4409, new CloseAction(Reason.REPLACED, Next.STOP)),
          Map.entry(4410, new CloseAction(Reason.DISCONNECTED, Next.STOP)),
          Map.entry(4429, new CloseAction(Reason.LIMIT_REACHED, Next.LATER)),
          Map.entry(4503, new CloseAction(Reason.NO_CAPACITY, Next.LATER)));

  /** When the client connects again. */
  enum Next {
    STOP,
    /** After the time in the close reason. */
    WHEN_TOLD,
    /** Within a second. */
    SOON,
    /** Within a second, without the message that can only have been meant. */
    REJECT_LONGEST,
    /** Not before a second has passed. */
    LATER,
    /** At once, with another token. */
    NEW_TOKEN,
    /** Once more, if the key is fresh. */
    ONCE_MORE,
    BACK_OFF
  }

  static CloseAction of(int code) {
    return BY_CODE.getOrDefault(code, LOSS);
  }
}
