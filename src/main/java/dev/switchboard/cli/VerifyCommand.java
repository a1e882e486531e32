package dev.switchboard.cli;

import dev.switchboard.webhooks.signing.WebhookVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks the signatures of a webhook call, for developers of receivers. */
@Command(
    name = "verify",
    description = "Checks the signatures of a webhook call; exit code 1 if one is invalid.",
    mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
  private static final int INVALID = 1;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--secret-file",
      paramLabel = "FILE",
      description =
          "File with the secret or a public key whpk_… (default: the environment variable"
              + " SWITCHBOARD_WEBHOOK_SECRET).")
  private @Nullable Path secretFile;

  @Option(
      names = "--body",
      paramLabel = "FILE",
      description = "The body, byte for byte as received (default: standard input).")
  private @Nullable Path body;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'Name: value'",
      description = "Headers of the call; only those of signatures are used.")
  private String[] headers = {};

  @Option(
      names = "--at",
      paramLabel = "SECONDS",
      description = "When the call was received, in seconds since 1970 (default: now).")
  private @Nullable Long at;

  @Override
  public Integer call() throws IOException {
    Map<String, String> given = headers();
    byte[] bytes = body == null ? System.in.readAllBytes() : read("--body", body);
    String secret = secret();
    boolean valid = true;
    if (given.containsKey("x-webhook-signature")) {
      valid &= check("X-Webhook-Signature", WebhookVerifier.legacy(secret), bytes, given);
    }
    if (given.containsKey("webhook-signature")) {
      Clock clock =
          at == null ? Clock.systemUTC() : Clock.fixed(Instant.ofEpochSecond(at), ZoneOffset.UTC);
      valid &= check("webhook-signature", WebhookVerifier.standard(secret, clock), bytes, given);
    }
    if (!given.containsKey("x-webhook-signature") && !given.containsKey("webhook-signature")) {
      throw new CommandException(
          "name the headers of the call, such as -H 'X-Webhook-Signature: 23d8c0…'");
    }
    return valid ? 0 : INVALID;
  }

  private boolean check(
      String name, WebhookVerifier verifier, byte[] bytes, Map<String, String> given) {
    boolean valid = verifier.verifies(bytes, header -> given.get(header.toLowerCase(Locale.ROOT)));
    spec.commandLine().getOut().println(name + ": " + (valid ? "valid" : "invalid"));
    return valid;
  }

  private Map<String, String> headers() {
    Map<String, String> given = new TreeMap<>();
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon < 1) {
        throw new CommandException("--header: \"" + header + "\" is not of the form Name: value");
      }
      given.put(
          header.substring(0, colon).strip().toLowerCase(Locale.ROOT),
          header.substring(colon + 1).strip());
    }
    return given;
  }

  /** Never read from an argument, which other users of the machine can see. */
  private String secret() {
    String secret =
        secretFile == null
            ? System.getenv("SWITCHBOARD_WEBHOOK_SECRET")
            : new String(read("--secret-file", secretFile), StandardCharsets.UTF_8).strip();
    if (secret == null || secret.isEmpty()) {
      throw new CommandException(
          "set --secret-file or the environment variable SWITCHBOARD_WEBHOOK_SECRET");
    }
    return secret;
  }

  private static byte[] read(String option, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CommandException(option + ": can't read " + file);
    }
  }
}
