package dev.switchboard.auth;

import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.time.Ticker;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Authenticates bearer credentials: tokens and API keys. Usable from every event loop. */
public final class Authenticator {
  private final Tokens tokens;
  private final TableSnapshot<Map<String, ApiKeyStore.Entry>> keys;
  private final Revocations revocations;
  private final RefusalLog refusals = new RefusalLog(Ticker.SYSTEM);

  public Authenticator(
      Tokens tokens, TableSnapshot<Map<String, ApiKeyStore.Entry>> keys, Revocations revocations) {
    this.tokens = tokens;
    this.keys = keys;
    this.revocations = revocations;
  }

  /**
   * Returns the principal of a credential; fails with {@link AuthException} if it is not valid.
   *
   * @param source address of the caller, if known, for keys bound to address ranges
   */
  public Future<Principal> authenticate(String credential, @Nullable InetAddress source) {
    if (!credential.startsWith(ApiKey.PREFIX)) {
      return tokens.verify(credential).compose(this::unlessRevoked).onFailure(refusals::refused);
    }
    Map<String, ApiKeyStore.Entry> known = keys.state();
    ApiKeyStore.Entry entry =
        known == null ? null : known.get(HexFormat.of().formatHex(new ApiKey(credential).hash()));
    if (entry == null) {
      return unknownKey(known == null || keys.isStale());
    }
    if (!entry.sources().isEmpty()
        && (source == null
            || entry.sources().stream().noneMatch(range -> range.contains(source)))) {
      return Future.failedFuture(
          AuthException.refused("the API key may not be used from this address"));
    }
    return Future.succeededFuture(
        new Principal.Service("api key " + entry.id(), entry.tenant(), entry.scopes()));
  }

  private Future<Principal> unlessRevoked(Principal principal) {
    AuthException refusal = revocations.refusal(principal);
    return refusal == null ? Future.succeededFuture(principal) : Future.failedFuture(refusal);
  }

  /** A key that is not in an outdated table may be valid all the same. */
  private static Future<Principal> unknownKey(boolean tableOutdated) {
    return Future.failedFuture(
        tableOutdated
            ? AuthException.unavailable("API keys can't be checked at the moment")
            : AuthException.refused("the API key is unknown or was revoked"));
  }
}
