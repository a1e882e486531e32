package dev.switchboard.cli;

import dev.switchboard.cli.client.InputLimit;
import dev.switchboard.config.binding.InputFile;
import dev.switchboard.webhooks.signing.WebhookVerifier;
import java.io.IOException;
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

  /** More than any webhook call has. */
  private static final int MAX_BODY = 32 << 20;

  /** End of the year 9999. */
  private static final long MAX_SECONDS = 253_402_300_799L;

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
    Clock clock = clock();
    byte[] bytes = body == null ? standardInput() : read("--body", body);
    String secret = secret();
    boolean valid = true;
    if (given.containsKey("x-webhook-signature")) {
      valid &= check("X-Webhook-Signature", WebhookVerifier.legacy(secret), bytes, given);
    }
    if (given.containsKey("webhook-signature")) {
      valid &= check("webhook-signature", standard(secret, clock), bytes, given);
    }
    if (!given.containsKey("x-webhook-signature") && !given.containsKey("webhook-signature")) {
      throw new CommandException(
          "name the headers of the call, such as -H 'X-Webhook-Signature: 23d8c0…'");
    }
    return valid ? 0 : INVALID;
  }

  private Clock clock() {
    if (at == null) {
      return Clock.systemUTC();
    }
    if (at < 0 || at > MAX_SECONDS) {
      throw new CommandException("--at must be from 0 to " + MAX_SECONDS);
    }
    return Clock.fixed(Instant.ofEpochSecond(at), ZoneOffset.UTC);
  }

  private static byte[] standardInput() throws IOException {
    byte[] bytes = System.in.readNBytes(MAX_BODY + 1);
    if (bytes.length > MAX_BODY) {
      throw new CommandException("the body is larger than " + (MAX_BODY >> 20) + " MiB");
    }
    return bytes;
  }

  private static WebhookVerifier standard(String secret, Clock clock) {
    try {
      return WebhookVerifier.standard(secret, clock);
    } catch (IllegalArgumentException e) {
      throw new CommandException("the secret is not one of a webhook");
    }
  }

  private boolean check(
      String name, WebhookVerifier verifier, byte[] bytes, Map<String, String> given) {
    boolean valid = verifies(verifier, bytes, given);
    spec.commandLine().getOut().println(name + ": " + (valid ? "valid" : "invalid"));
    return valid;
  }

  private static boolean verifies(
      WebhookVerifier verifier, byte[] bytes, Map<String, String> given) {
    try {
      return verifier.verifies(bytes, header -> given.get(header.toLowerCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      throw new CommandException("the secret is not one of a webhook");
    }
  }

  private Map<String, String> headers() {
    Map<String, String> given = new TreeMap<>();
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon < 1) {
        // Not shown: it may be a credential.
        throw new CommandException("--header: a value is not of the form Name: value");
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
        secretFile == null ? System.getenv("SWITCHBOARD_WEBHOOK_SECRET") : line(secretFile);
    if (secret == null || secret.isEmpty()) {
      throw new CommandException(
          "set --secret-file or the environment variable SWITCHBOARD_WEBHOOK_SECRET");
    }
    return secret;
  }

  private static String line(Path file) {
    try {
      return InputLimit.read("--secret-file", file, () -> InputFile.line(file));
    } catch (InputFile.UnreadableException e) {
      throw new CommandException("--secret-file: " + e.getMessage());
    }
  }

  private static byte[] read(String option, Path file) {
    try {
      return InputLimit.read(option, file, () -> InputFile.bytes(file));
    } catch (InputFile.UnreadableException e) {
      throw new CommandException(option + ": " + e.getMessage());
    }
  }
}
