package dev.switchboard.auth;

import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.time.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Authenticates bearer credentials: tokens and API keys. Usable from every event loop. */
public final class Authenticator {
  private final Tokens tokens;
  private final VerifiedTokens verified;
  private final Keys keys;
  private final Revocations revocations;
  private final Clock clock;
  private final RefusalLog refusals = new RefusalLog(Ticker.SYSTEM);
  private final RefusalMeters meters;

  /**
   * The API keys.
   *
   * @param known the valid keys, by their hexadecimal hash
   * @param uses notes which are used
   */
  public record Keys(TableSnapshot<Map<String, ApiKeyStore.Entry>> known, ApiKeyUses uses) {}

  public Authenticator(
      Tokens tokens, Keys keys, Revocations revocations, Clock clock, MeterRegistry metrics) {
    this.tokens = tokens;
    this.verified = new VerifiedTokens(clock);
    this.keys = keys;
    this.revocations = revocations;
    this.clock = clock;
    this.meters = new RefusalMeters(metrics);
  }

  /**
   * Returns the principal of a credential; fails with {@link AuthException} if it is not valid.
   *
   * @param source finds the address of the caller, null if it is unknown, for keys bound to address
   *     ranges
   */
  public Future<Principal> authenticate(String credential, Supplier<@Nullable InetAddress> source) {
    Future<Principal> principal =
        credential.startsWith(ApiKey.PREFIX) ? withKey(credential, source) : withToken(credential);
    return principal.onFailure(meters::refused);
  }

  private Future<Principal> withToken(String token) {
    Principal known = verified.find(token);
    Future<Principal> principal =
        known == null
            ? tokens.verify(token).onSuccess(proven -> verified.add(token, proven))
            : Future.succeededFuture(known);
    return principal.compose(this::unlessRevoked).onFailure(refusals::refused);
  }

  private Future<Principal> withKey(String credential, Supplier<@Nullable InetAddress> source) {
    return holderOfKey(HexFormat.of().formatHex(new ApiKey(credential).hash()), source);
  }

  /**
   * Returns the present principal of the API key with that hash, for a caller from {@code source};
   * fails with {@link AuthException} if the key was revoked or may not be used from there.
   *
   * @param hash hexadecimal SHA-256 of the key
   */
  public Future<Principal> holderOfKey(String hash, Supplier<@Nullable InetAddress> source) {
    return entryOf(hash)
        .compose(
            entry ->
                entry.mayCallFrom(source)
                    ? Future.succeededFuture(principal(entry))
                    : Future.failedFuture(
                        AuthException.refused("the API key may not be used from this address")));
  }

  /** The same without a look at where the caller is: for what the key's holder handed on. */
  public Future<Principal> holderOfKey(String hash) {
    return entryOf(hash).map(this::principal);
  }

  private Future<ApiKeyStore.Entry> entryOf(String hash) {
    Map<String, ApiKeyStore.Entry> known = keys.known().state();
    ApiKeyStore.Entry entry = known == null ? null : known.get(hash);
    return entry == null
        ? unknownKey(known == null || keys.known().isStale())
        : Future.succeededFuture(entry);
  }

  private Principal principal(ApiKeyStore.Entry entry) {
    keys.uses().used(entry.id());
    return new Principal.Service("api key " + entry.id(), entry.tenant(), entry.scopes());
  }

  /**
   * Returns the principal of a token that was verified before; fails with {@link AuthException} if
   * it has expired or was revoked meanwhile.
   */
  public Future<Principal> stillValid(Principal verifiedBefore) {
    return clock.instant().isBefore(verifiedBefore.expires())
        ? unlessRevoked(verifiedBefore)
        : Future.failedFuture(AuthException.refused("the token has expired"));
  }

  private Future<Principal> unlessRevoked(Principal principal) {
    AuthException refusal = revocations.refusal(principal);
    return refusal == null ? Future.succeededFuture(principal) : Future.failedFuture(refusal);
  }

  /** A key that is not in an outdated table may be valid all the same. */
  private static <T> Future<T> unknownKey(boolean tableOutdated) {
    return Future.failedFuture(
        tableOutdated
            ? AuthException.unavailable("API keys can't be checked at the moment")
            : AuthException.refused("the API key is unknown or was revoked"));
  }
}
