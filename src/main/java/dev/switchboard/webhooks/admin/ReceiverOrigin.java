package dev.switchboard.webhooks.admin;

import dev.switchboard.webhooks.guard.ReceiverUrl;
import dev.switchboard.webhooks.registry.InvalidWebhookException;
import dev.switchboard.webhooks.registry.InvalidWebhookException.Fault;
import dev.switchboard.webhooks.registry.SavedWebhook;
import dev.switchboard.webhooks.registry.WebhookDraft;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
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
      ReceiverUrl parsed = ReceiverUrl.parse(url);
      String scheme = parsed.scheme();
      String host = parsed.host();
      if (scheme.isEmpty() || host == null) {
        return null;
      }
      int standardPort = scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
      int port = parsed.port() == -1 ? standardPort : parsed.port();
      return new ReceiverOrigin(scheme, host, port);
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
    if (draft.clientCertificate() instanceof WebhookDraft.Kept
        && before.state().clientCertificate().exists()) {
      kept.add(
          new Fault(
              "/client_certificate",
              "give it again with its key, or null for none: the URL has another scheme, host or"
                  + " port"));
    }
    if (!kept.isEmpty()) {
      throw new InvalidWebhookException(kept);
    }
  }
}
