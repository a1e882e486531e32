package dev.switchboard.config;

import dev.switchboard.config.binding.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Webhook deliveries. */
public record WebhooksConfig(
    @Setting(about = "Maximum calls in flight on this node", def = "10", min = "1", max = "10000")
        int workers,
    @Setting(
            about =
                "Maximum calls in flight per webhook on this node; fewer for one that answers"
                    + " slowly",
            def = "5",
            min = "1",
            max = "1000")
        int maxPerWebhook,
    @Setting(
            about =
                "Maximum calls in flight per tenant on this node; fewer if its webhooks answer"
                    + " slowly",
            def = "8",
            min = "1",
            max = "10000")
        int maxPerTenant,
    @Setting(
            about = "Maximum deliveries waiting in memory for a worker",
            def = "5000",
            max = "100000")
        int maxReady,
    @Setting(
            about = "Maximum deliveries of one webhook waiting in memory for a worker",
            def = "500",
            max = "100000")
        int maxReadyPerWebhook,
    @Setting(
            about = "Time between two searches for due deliveries that no notification announced",
            def = "1s",
            min = "50ms",
            max = "1m")
        Duration sweep,
    @Setting(
            about = "How long a call may keep its claim beyond its own timeout",
            def = "15s",
            min = "500ms",
            max = "10m")
        Duration leaseMargin,
    @Setting(
            about = "Time between two checks for changed webhooks and keys",
            def = "1s",
            min = "100ms",
            max = "1500ms")
        Duration reload,
    @Setting(about = "Allow http:// URLs; otherwise only https://", def = "false")
        boolean allowHttp,
    @Setting(
            about = "Private address ranges that webhooks may reach, such as 10.1.0.0/16",
            def = "")
        List<Cidr> allowedCidrs,
    @Setting(
            about =
                "Tenants whose own keys and users may use webhooks.allowHttp and"
                    + " webhooks.allowedCidrs when they save or test a webhook; `*`: all. Portals and"
                    + " others may not",
            def = "")
        List<String> internalTenants,
    @Setting(
            about = "If set, the only hosts that webhook URLs may name: exact, or *.example.com",
            def = "")
        List<String> allowedHosts,
    @Setting(
            about =
                "Name servers that resolve webhook hosts, such as 10.0.0.2 or"
                    + " 10.0.0.2:53; empty: the system's resolver",
            def = "")
        List<NameServer> nameServers,
    @Setting(about = "Days to keep delivery logs", def = "30", min = "1", max = "3650")
        int logRetentionDays,
    @Setting(about = "Maximum webhooks per tenant", def = "1000", min = "1", max = "100000")
        int maxWebhooksPerTenant,
    @Setting(
            about = "Maximum calls per second for one tenant, across all nodes; 0: no limit",
            def = "0",
            max = "1000000")
        int maxTenantRate,
    @Setting(
            about =
                "Minimum calls to a webhook within the window before its circuit breaker"
                    + " may open",
            def = "20",
            min = "1",
            max = "10000")
        int breakerMinCalls,
    @Setting(
            about =
                "Percentage of failed calls that opens a webhook's circuit breaker; 101:"
                    + " never",
            def = "80",
            min = "1",
            max = "101")
        int breakerFailurePercent,
    @Setting(
            about =
                "Time that failed calls to a webhook may hold workers within the window before its"
                    + " circuit breaker opens, however few the calls",
            def = "45s",
            min = "1s",
            max = "1h")
        Duration breakerHeldTime,
    @Setting(
            about = "Time window in which the circuit breaker counts calls",
            def = "60s",
            min = "100ms",
            max = "1h")
        Duration breakerWindow,
    @Setting(
            about = "How long an open circuit breaker holds deliveries back before it tries one",
            def = "15s",
            min = "100ms",
            max = "1h")
        Duration breakerPause,
    @Setting(
            about = "Disable a webhook after this long with nothing but failures; 0s: never",
            def = "5d",
            max = "100d")
        Duration disableAfter,
    @Setting(
            about = "Local address that webhook calls are sent from; empty: chosen by the system",
            def = "")
        String egressAddress,
    @Setting(
            about =
                "PEM file of certificate authorities to trust for receivers, in addition"
                    + " to those of the Java runtime",
            def = "")
        String trustedCertificates,
    @Setting(
            about =
                "Address of a page about an event, linked in messages to chat services, such as"
                    + " https://crm.example.com/{tenant_id}/events/{event_id}; empty: no link",
            def = "")
        String linkTemplate) {
  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[a-z0-9-]+(\\.[a-z0-9-]+)*|\\[[0-9a-f:.]+]");

  public WebhooksConfig {
    allowedHosts = allowedHosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    for (String host : allowedHosts) {
      if (!HOST.matcher(host).matches()) {
        throw new IllegalArgumentException(
            "allowedHosts: \""
                + host
                + "\" is not a host such as hooks.example.com or *.example.com");
      }
    }
    if (!egressAddress.isEmpty() && Cidr.address(egressAddress) == null) {
      throw new IllegalArgumentException(
          "egressAddress: \"" + egressAddress + "\" is not an IP address such as 10.1.2.3");
    }
  }
}
