package dev.switchboard.auth.console;

import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.Principal;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the present rights of stored credentials. Its futures fail with {@link
 * dev.switchboard.auth.AuthException}. Usable from every event loop.
 */
public final class Credentials {
  private final Authenticator authenticator;

  public Credentials(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  /** Returns the principal of a credential that its holder uses from {@code source}. */
  public Future<Principal> holder(Credential credential, Supplier<@Nullable InetAddress> source) {
    if (credential instanceof Credential.Key key) {
      return authenticator.holderOfKey(key.hash(), source);
    }
    return authenticator.stillValid(((Credential.Token) credential).holder());
  }

  /** Returns the principal of a credential whose holder handed a part of its rights on. */
  public Future<Principal> issuer(Credential credential) {
    if (credential instanceof Credential.Key key) {
      return authenticator.holderOfKey(key.hash());
    }
    return authenticator.stillValid(((Credential.Token) credential).holder());
  }
}
