package dev.switchboard.auth;

import dev.switchboard.auth.WidgetKeyStore.WidgetKey;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.postgres.TableSnapshot;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lets visitors in by a widget key. Usable from every event loop. */
public final class WidgetAuthenticator {
  private final TableSnapshot<Map<String, WidgetKey>> keys;
  private final Roles roles;

  /** Over the table of widget keys. */
  public WidgetAuthenticator(TableSnapshot<Map<String, WidgetKey>> keys, Roles roles) {
    this.keys = keys;
    this.roles = roles;
  }

  /** The key of that text; null if there is none. */
  public @Nullable WidgetKey find(String key) {
    Map<String, WidgetKey> known = keys.state();
    return known == null ? null : known.get(key);
  }

  /** Whether it can't be said now that a key does not exist. */
  public boolean isUndecided() {
    return keys.state() == null || keys.isStale();
  }

  /** Whoever comes with that key into that chat. */
  public Principal.Visitor visitor(WidgetKey key, ChatSessionId chat) {
    return new Principal.Visitor(key.tenant(), chat, roles.of(Roles.VISITOR), key.key());
  }

  /** Whether the key that let a visitor in still exists, as far as is known. */
  public boolean stillAdmit(Principal.Visitor visitor) {
    return isUndecided() || find(visitor.widgetKey()) != null;
  }
}
