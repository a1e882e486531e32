package dev.switchboard.client.session;

import dev.switchboard.client.model.TokenRequest;
import dev.switchboard.client.platform.Loop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the application for tokens or tickets, one call at a time. Belongs to the client's thread.
 */
final class Credentials {
  private static final long TIMEOUT_SECONDS = 30;

  private final Loop loop;
  private final Settings settings;

  /** The call that must end before the next one begins. */
  private CompletionStage<?> running = CompletableFuture.completedFuture(null);

  Credentials(Loop loop, Settings settings) {
    this.loop = loop;
    this.settings = settings;
  }

  boolean areNeeded() {
    return settings.credentialName() != null;
  }

  /**
   * Asks, and hands the result to {@code receiver} on the client's thread.
   *
   * @param wanted whether it is still needed once its turn has come
   */
  void ask(
      TokenRequest request,
      BooleanSupplier wanted,
      BiConsumer<@Nullable String, @Nullable Throwable> receiver) {
    CompletableFuture<String> call =
        running
            .handle((before, ignored) -> null)
            .thenCompose(
                before ->
                    wanted.getAsBoolean()
                        ? settings.credential().apply(request)
                        : CompletableFuture.failedFuture(new IllegalStateException("not needed")))
            .toCompletableFuture()
            .copy()
            .orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    running =
        call.whenComplete(
            (token, failure) -> loop.execute(() -> receiver.accept(token, cause(token, failure))));
  }

  private static @Nullable Throwable cause(@Nullable String token, @Nullable Throwable failure) {
    if (failure == null) {
      return token == null || token.isEmpty()
          ? new IllegalStateException("the token function returned no token")
          : null;
    }
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
