package dev.switchboard.cli;

import dev.switchboard.auth.JwtSecret;
import dev.switchboard.auth.Roles;
import dev.switchboard.auth.Tokens;
import dev.switchboard.config.Secret;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.config.binding.Durations;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints a JSON Web Token and nothing else. */
@Command(
    name = "token",
    description = "Prints a JSON Web Token for a user, or with --service for a backend.",
    mixinStandardHelpOptions = true)
public final class TokenCommand implements Callable<Integer> {
  @Mixin private final ConfigOption config = new ConfigOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--tenant",
      description = "Tenant; with --service: the only tenant of the token (default: all).")
  private @Nullable String tenant;

  @Option(names = "--user", description = "User.")
  private @Nullable String user;

  @Option(names = "--role", description = "Role (default: agent).")
  private @Nullable String role;

  @Option(
      names = "--ttl",
      defaultValue = "1h",
      description = "Lifetime, such as 30m (default: 1h).")
  private String lifetime = "1h";

  @Option(names = "--service", description = "Prints a backend's token, valid for the whole API.")
  private boolean service;

  @Override
  public Integer call() throws Exception {
    SwitchboardConfig loaded = config.load();
    Secret secret = JwtSecret.of(loaded);
    if (!secret.isSet()) {
      throw new CommandException("tokens can be issued only if auth.jwtSecret is set");
    }
    String token =
        OneShot.withVertx(
            loaded,
            (vertx, known) ->
                Future.succeededFuture(
                    mint(
                        new Tokens(
                            vertx,
                            known.auth(),
                            new Roles(known.auth().roles()),
                            secret,
                            Clock.systemUTC()))));
    spec.commandLine().getOut().println(token);
    return 0;
  }

  private String mint(Tokens tokens) {
    try {
      if (service) {
        if (user != null || role != null) {
          throw new CommandException(
              "leave out --user and --role: a token of --service belongs to no user");
        }
        return tokens.mintService(
            tenant == null ? null : new TenantId(tenant), Durations.parse(lifetime));
      }
      if (tenant == null || user == null) {
        throw new CommandException("give --tenant and --user, or --service");
      }
      return tokens.mintUser(
          new TenantId(tenant),
          new UserId(user),
          role == null ? "agent" : role,
          Durations.parse(lifetime));
    } catch (InvalidNameException e) {
      throw new CommandException(Reason.of(e));
    } catch (IllegalArgumentException e) {
      throw new CommandException("--ttl " + e.getMessage());
    }
  }
}
