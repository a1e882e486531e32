package dev.switchboard.webhooks.admin;

import dev.switchboard.webhooks.registry.InvalidWebhookException;
import dev.switchboard.webhooks.registry.InvalidWebhookException.Fault;
import dev.switchboard.webhooks.registry.SavedWebhook;
import dev.switchboard.webhooks.registry.WebhookDraft;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The scheme, host and port that a webhook's calls go to. Secrets were given for one origin, so
 * that a caller who does not know them must not send them to another.
 */
record ReceiverOrigin(String scheme, String host, int port) {
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  /** The origin of {@code url}; null if it has none. */
  static @Nullable ReceiverOrigin of(String url) {
    try {
      URI uri = new URI(url);
      if (uri.getScheme() == null || uri.getHost() == null) {
        return null;
      }
      String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
      int standardPort = scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
      int port = uri.getPort() == -1 ? standardPort : uri.getPort();
      return new ReceiverOrigin(scheme, uri.getHost().toLowerCase(Locale.ROOT), port);
    } catch (URISyntaxException malformed) {
      return null;
    }
  }

  /**
   * Checks that {@code draft} does not send values that it keeps from {@code before} to another
   * origin.
   *
   * @throws InvalidWebhookException with each value that must be given again
   */
  static void requireSecretsForAnother(SavedWebhook before, WebhookDraft draft) {
    ReceiverOrigin old = of(before.settings().url());
    if (old != null && old.equals(of(draft.url()))) {
      return;
    }
    List<Fault> kept = new ArrayList<>();
    draft
        .headers()
        .forEach(
            (name, value) -> {
              if (value == null && before.storedHeaders().containsKey(name)) {
                kept.add(
                    new Fault(
                        "/headers/" + name.replace("~", "~0"),
                        "give its value again, or remove it: the URL has another scheme, host or"
                            + " port"));
              }
            });
    if (draft.secret() == null && before.state().hasSecret()) {
      kept.add(
          new Fault(
              "/secret",
              "give a secret, or null for none: the URL has another scheme, host or port"));
    }
    if (!kept.isEmpty()) {
      throw new InvalidWebhookException(kept);
    }
  }
}
