package dev.switchboard.webhooks.guard;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of this machine: a webhook to one of them would reach the node's own ports, or what
 * else listens beside it.
 */
final class OwnAddresses {
  private static final Logger log = LoggerFactory.getLogger(OwnAddresses.class);

  private OwnAddresses() {}

  /** As they are now. */
  static Set<InetAddress> now() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .collect(Collectors.toUnmodifiableSet());
    } catch (SocketException e) {
      log.atWarn().setCause(e).log("This machine's addresses can't be read");
      return Set.of();
    }
  }
}
