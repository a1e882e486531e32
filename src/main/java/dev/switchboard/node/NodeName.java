package dev.switchboard.node;

import java.util.UUID;

/** The name that identifies a node in logs, in {@code connected} messages and in Redis. */
final class NodeName {
  private NodeName() {}

  /** Returns the configured name, or the host name and a part that is random at every start. */
  static String of(String configured) {
    if (!configured.isEmpty()) {
      return configured;
    }
    String host = System.getenv("HOSTNAME");
    String random = UUID.randomUUID().toString().substring(0, 8);
    return (host == null || host.isEmpty() ? "node" : host) + "-" + random;
  }
}
