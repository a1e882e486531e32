package dev.switchboard.node;

import java.util.UUID;

/** What tells this node apart from others in logs, metrics and Redis. */
final class NodeName {
  private NodeName() {}

  /** The configured name, or the host's with a random part that is new at every start. */
  static String of(String configured) {
    if (!configured.isEmpty()) {
      return configured;
    }
    String host = System.getenv("HOSTNAME");
    String random = UUID.randomUUID().toString().substring(0, 8);
    return (host == null || host.isEmpty() ? "node" : host) + "-" + random;
  }
}
