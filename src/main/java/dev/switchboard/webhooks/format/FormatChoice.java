package dev.switchboard.webhooks.format;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The format in force for a webhook, and why.
 *
 * <p>A row without a format gets the one its host accepts, because these hosts refuse every other
 * body; everywhere else it gets {@link WebhookFormat#STANDARD}.
 */
public record FormatChoice(WebhookFormat format, Reason reason) {
  /** Why a format is in force. */
  public enum Reason {
    /** The webhook names it. */
    CONFIGURED,
    /** The host of the URL accepts nothing else. */
    HOST,
    /** The webhook names none, and its host takes any body. */
    DEFAULT
  }

  private record Service(WebhookFormat format, BiPredicate<String, String> serves) {}

  private static final List<Service> SERVICES =
      List.of(
          new Service(
              WebhookFormat.SLACK,
              (host, path) -> is(host, "hooks.slack.com", "hooks.slack-gov.com")),
          new Service(
              WebhookFormat.DISCORD,
              (host, path) ->
                  (is(host, "discord.com", "discordapp.com") || under(host, "discord.com"))
                      && path.startsWith("/api/")
                      && path.contains("/webhooks/")
                      && !path.endsWith("/slack")
                      && !path.endsWith("/github")),
          new Service(
              WebhookFormat.SLACK,
              (host, path) -> is(host, "discord.com", "discordapp.com") && path.endsWith("/slack")),
          new Service(WebhookFormat.GOOGLE_CHAT, (host, path) -> is(host, "chat.googleapis.com")),
          new Service(
              WebhookFormat.TEAMS,
              (host, path) ->
                  under(host, "webhook.office.com")
                      || ((under(host, "logic.azure.com") || under(host, "api.powerplatform.com"))
                          && path.contains("/workflows/"))));

  /** The choice for a webhook that names {@code configured}, or nothing, and calls {@code url}. */
  public static FormatChoice of(@Nullable WebhookFormat configured, String url) {
    if (configured != null) {
      return new FormatChoice(configured, Reason.CONFIGURED);
    }
    WebhookFormat ofHost = formatOfHost(url);
    return ofHost == null
        ? new FormatChoice(WebhookFormat.STANDARD, Reason.DEFAULT)
        : new FormatChoice(ofHost, Reason.HOST);
  }

  private static @Nullable WebhookFormat formatOfHost(String url) {
    try {
      URI uri = URI.create(url);
      String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
      String path = uri.getPath() == null ? "" : uri.getPath();
      return SERVICES.stream()
          .filter(service -> service.serves().test(host, path))
          .map(Service::format)
          .findFirst()
          .orElse(null);
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }

  private static boolean is(String host, String... names) {
    return List.of(names).contains(host);
  }

  private static boolean under(String host, String domain) {
    return host.endsWith("." + domain);
  }
}
