package dev.switchboard.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** How webhooks are delivered. */
public record WebhooksConfig(
    @Setting(about = "Calls in flight on this node", def = "10", min = 1, max = 10_000) int workers,
    @Setting(about = "Calls in flight to one webhook on this node", def = "5", min = 1, max = 1_000)
        int maxPerWebhook,
    @Setting(
            about = "Calls in flight for one tenant on this node",
            def = "8",
            min = 1,
            max = 10_000)
        int maxPerTenant,
    @Setting(about = "Deliveries that may wait in memory for a worker", def = "5000", max = 100_000)
        int maxReady,
    @Setting(
            about = "Deliveries of one webhook that may wait in memory for a worker",
            def = "500",
            max = 100_000)
        int maxReadyPerWebhook,
    @Setting(
            about = "Time between two looks for work that no hint announced",
            def = "1s",
            min = 50,
            max = 60_000)
        Duration sweep,
    @Setting(
            about = "How long past its own time budget a call may keep its claim",
            def = "15s",
            min = 500,
            max = 600_000)
        Duration leaseMargin,
    @Setting(
            about = "Time between two looks at changed webhooks and keys",
            def = "1s",
            min = 100,
            max = 1_500)
        Duration reload,
    @Setting(about = "Allow http:// URLs; https only without it", def = "false") boolean allowHttp,
    @Setting(
            about = "Private address ranges that webhooks may reach, such as 10.1.0.0/16",
            def = "")
        List<Cidr> allowedCidrs,
    @Setting(about = "If set, the only hosts webhooks may name: exact, or *.example.com", def = "")
        List<String> allowedHosts,
    @Setting(
            about =
                "Name servers asked for webhooks' hosts, such as 10.0.0.2 or 10.0.0.2:53; empty: the"
                    + " system's resolver",
            def = "")
        List<NameServer> nameServers,
    @Setting(about = "Days that delivery logs are kept", def = "30", min = 1, max = 3_650)
        int logRetentionDays,
    @Setting(about = "Webhooks one tenant may have", def = "1000", min = 1, max = 100_000)
        int maxWebhooksPerTenant,
    @Setting(
            about = "Calls per second for one tenant, over all nodes; 0: no limit",
            def = "0",
            max = 1_000_000)
        int maxTenantRate,
    @Setting(
            about = "Calls to a webhook within the window before its breaker may open",
            def = "20",
            min = 1,
            max = 10_000)
        int breakerMinCalls,
    @Setting(
            about = "Share of failed calls that opens a webhook's breaker; 101: never",
            def = "80",
            min = 1,
            max = 101)
        int breakerFailurePercent,
    @Setting(
            about = "Time over which the breaker counts calls",
            def = "60s",
            min = 100,
            max = 3_600_000)
        Duration breakerWindow,
    @Setting(
            about = "Time an open breaker holds deliveries back before it tries one",
            def = "15s",
            min = 100,
            max = 3_600_000)
        Duration breakerPause,
    @Setting(
            about = "A webhook that only failed for so long is switched off; 0s: never",
            def = "5d",
            max = 8_640_000_000L)
        Duration disableAfter,
    @Setting(
            about = "Local address that webhook calls leave from; empty: the system's choice",
            def = "")
        String egressAddress,
    @Setting(
            about =
                "PEM file of certificate authorities that receivers' certificates may come from,"
                    + " besides those Java knows",
            def = "")
        String trustedCertificates) {
  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[a-z0-9-]+(\\.[a-z0-9-]+)*|\\[[0-9a-f:.]+]");

  public WebhooksConfig {
    allowedHosts = allowedHosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    for (String host : allowedHosts) {
      if (!HOST.matcher(host).matches()) {
        throw new IllegalArgumentException(
            "allowedHosts: \"" + host + "\" is no host such as hooks.example.com or *.example.com");
      }
    }
    if (!egressAddress.isEmpty() && Cidr.address(egressAddress) == null) {
      throw new IllegalArgumentException(
          "egressAddress: \"" + egressAddress + "\" is no address such as 10.1.2.3");
    }
  }
}
