package dev.switchboard.client.session;

import dev.switchboard.client.model.LoadRequest;
import dev.switchboard.client.model.Names;
import dev.switchboard.client.model.TokenRequest;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an application wants of a client.
 *
 * @param server where the server is: {@code https://host}, optionally with a port
 * @param path path of the sockets
 * @param parameters further parameters of the address, such as a visitor's widget key
 * @param credentialName {@code token} or {@code ticket}; null without a credential
 */
public record Settings(
    URI server,
    String path,
    Map<String, String> parameters,
    @Nullable String credentialName,
    Function<TokenRequest, CompletionStage<String>> credential,
    @Nullable Function<LoadRequest, CompletionStage<?>> load,
    Names names,
    boolean automaticReceipts,
    Consumer<Throwable> errors) {

  boolean hasToken() {
    return "token".equals(credentialName);
  }
}
