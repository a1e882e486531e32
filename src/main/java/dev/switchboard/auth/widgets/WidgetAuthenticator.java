package dev.switchboard.auth.widgets;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Roles;
import dev.switchboard.auth.widgets.WidgetKeyStore.WidgetKey;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.postgres.TableSnapshot;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Authenticates visitors by widget keys. Usable from every event loop. */
public final class WidgetAuthenticator {
  private final TableSnapshot<Map<String, WidgetKey>> keys;
  private final Roles roles;

  public WidgetAuthenticator(TableSnapshot<Map<String, WidgetKey>> keys, Roles roles) {
    this.keys = keys;
    this.roles = roles;
  }

  /** Returns the widget key with that text; null if it is unknown. */
  public @Nullable WidgetKey find(String key) {
    Map<String, WidgetKey> known = keys.state();
    return known == null ? null : known.get(key);
  }

  /** Whether the table is missing or outdated, so that an unknown key may exist. */
  public boolean isUndecided() {
    return keys.state() == null || keys.isStale();
  }

  /** Makes the principal of a visitor who connects to the chat with the key. */
  public Principal.Visitor visitor(WidgetKey key, ChatSessionId chat) {
    return new Principal.Visitor(key.tenant(), chat, roles.of(Roles.VISITOR), key.key());
  }

  /** Whether the key that a visitor connected with still exists, as far as is known. */
  public boolean stillAdmit(Principal.Visitor visitor) {
    return isUndecided() || find(visitor.widgetKey()) != null;
  }
}
