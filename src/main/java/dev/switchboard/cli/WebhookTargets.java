package dev.switchboard.cli;

import dev.switchboard.config.WebhooksConfig;
import java.net.InetAddress;

/**
 * What the settings allow webhooks beyond the public defaults, for a person who tries a node out.
 *
 * @param http whether URLs may begin with {@code http://}
 * @param thisMachine whether they may name 127.0.0.1
 */
record WebhookTargets(boolean http, boolean thisMachine) {
  static WebhookTargets of(WebhooksConfig config) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    boolean reached = config.allowedCidrs().stream().anyMatch(range -> range.contains(loopback));
    return new WebhookTargets(config.allowHttp(), reached && config.allowedHosts().isEmpty());
  }

  /** A line that says what is allowed, or nothing if only public addresses and https:// are. */
  String note() {
    if (!http && !thisMachine) {
      return "";
    }
    String allowed =
        http && thisMachine
            ? "use http:// and reach this machine"
            : http ? "use http://" : "reach this machine";
    return "Webhooks may " + allowed + ": for trying out only.\n";
  }

  /** A URL that a webhook may have; only one on this machine can have a receiver at once. */
  String exampleUrl() {
    String scheme = http ? "http://" : "https://";
    return scheme + (thisMachine ? "127.0.0.1:9000/" : "receiver.example.com/");
  }
}
