package dev.switchboard.node;

import dev.switchboard.config.OperatorException;
import dev.switchboard.event.Reason;

/** The node can't listen on a port. */
public final class PortException extends OperatorException {
  PortException(String setting, int port, Throwable cause) {
    super(
        "can't listen on "
            + setting
            + " "
            + port
            + " ("
            + Reason.of(cause)
            + "); choose another port or stop the program that uses it",
        cause);
  }
}
