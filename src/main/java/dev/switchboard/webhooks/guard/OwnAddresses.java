package dev.switchboard.webhooks.guard;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of this machine: a webhook to one of them would reach the ports of this node or of
 * other programs on the machine.
 */
final class OwnAddresses {
  private static final Logger log = LoggerFactory.getLogger(OwnAddresses.class);

  private OwnAddresses() {}

  /** Reads the addresses of all interfaces now; empty, and logged, if they can't be read. */
  static Set<InetAddress> now() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .collect(Collectors.toUnmodifiableSet());
    } catch (SocketException e) {
      log.atWarn().setCause(e).log("Can't read the addresses of this machine");
      return Set.of();
    }
  }
}
