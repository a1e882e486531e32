package dev.switchboard.cli.client;

import dev.switchboard.config.binding.InputFile;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The node to connect to and the credential to use; options of every client command. */
final class NodeOption {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_PORT = 65_535;
  private static final String TOKEN_VARIABLE = "SWITCHBOARD_TOKEN";

  /** The characters of a bearer credential in RFC 6750. */
  private static final Pattern CREDENTIAL = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  @Option(
      names = "--url",
      defaultValue = "http://127.0.0.1:${env:SWITCHBOARD_HTTP_PORT:-8080}",
      description = "URL of the node or its load balancer (default: ${DEFAULT-VALUE}).")
  private String url = "";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "File with an API key or a token (default: environment variable SWITCHBOARD_TOKEN).")
  private @Nullable Path tokenFile;

  /** What a pipe contained, which can be read once only. */
  private @Nullable String tokenOfPipe;

  /** Returns a URL of the node; parameters without a value are left out. */
  URI address(String path, Map<String, String> query) {
    String parameters =
        query.entrySet().stream()
            .filter(parameter -> !parameter.getValue().isEmpty())
            .map(parameter -> parameter.getKey() + "=" + encoded(parameter.getValue()))
            .collect(Collectors.joining("&"));
    return URI.create(base() + path + (parameters.isEmpty() ? "" : "?" + parameters));
  }

  /** Returns the URL of a WebSocket on the node. */
  URI socketAddress(String path, Map<String, String> query) {
    return URI.create(address(path, query).toString().replaceFirst("^http", "ws"));
  }

  private String base() {
    if (!url.matches("https?://[^\\s?#]+") || !hasHost(url)) {
      throw new ClientException("--url: \"" + url + "\" is not of the form http://host:port");
    }
    return url.replaceFirst("/+$", "");
  }

  private static boolean hasHost(String url) {
    try {
      URI uri = new URI(url);
      return uri.getHost() != null && uri.getPort() <= MAX_PORT;
    } catch (URISyntaxException malformed) {
      return false;
    }
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** Returns a request with the credential. */
  HttpRequest.Builder request(URI address) {
    return HttpRequest.newBuilder(address).header("Authorization", authorization());
  }

  /**
   * Returns the value of the header. Reads the file each time, because the token may be renewed;
   * never takes it from an argument, which other users of the machine can see.
   */
  String authorization() {
    return "Bearer " + (tokenFile == null ? tokenOfEnvironment() : token(tokenFile));
  }

  private static String tokenOfEnvironment() {
    String token = System.getenv(TOKEN_VARIABLE);
    if (token == null || token.isBlank()) {
      throw new ClientException("set --token-file or the environment variable " + TOKEN_VARIABLE);
    }
    return requireCredential("the environment variable " + TOKEN_VARIABLE, token.strip());
  }

  private String token(Path file) {
    if (tokenOfPipe != null) {
      return tokenOfPipe;
    }
    try {
      String token =
          requireCredential(
              "--token-file: " + file,
              InputLimit.read("--token-file", file, () -> InputFile.line(file)));
      tokenOfPipe = Files.isRegularFile(file) ? null : token;
      return token;
    } catch (InputFile.UnreadableException e) {
      throw new ClientException("--token-file: " + e.getMessage());
    }
  }

  private static String requireCredential(String source, String token) {
    if (!CREDENTIAL.matcher(token).matches()) {
      throw new ClientException(
          source + " must be an API key or a token, and nothing else; it has other characters");
    }
    return token;
  }

  static HttpClient client() {
    return HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
  }
}
