package dev.switchboard.cli;

import dev.switchboard.auth.JwtSecret;
import dev.switchboard.auth.Tokens;
import dev.switchboard.config.ConfigDocument;
import dev.switchboard.config.PostgresConfig;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.Reason;
import dev.switchboard.node.ConfigRules;
import dev.switchboard.node.StoreException;
import dev.switchboard.postgres.PostgresPreflight;
import dev.switchboard.redis.connection.RedisClients;
import dev.switchboard.tracing.TracingSettings;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Checks the configuration, and that the Redis and Postgres it names can be used; starts and
 * changes nothing.
 */
@Command(
    name = "check",
    description =
        "Checks the configuration, Redis and Postgres, lists every problem, and prints the"
            + " effective values.",
    mixinStandardHelpOptions = true)
public final class CheckCommand implements Callable<Integer> {
  @Mixin private final ConfigOption config = new ConfigOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--offline", description = "Checks the configuration only.")
  private boolean offline;

  @Override
  public Integer call() throws Exception {
    SwitchboardConfig loaded = config.load();
    ConfigRules.require(loaded);
    boolean unused = TracingSettings.isOn(System.getenv());
    JwtSecret.require(loaded);
    requirePublicKeys(loaded);
    warn(ConfigRules.warnings(loaded));
    if (!offline) {
      examineStores(loaded);
    }
    spec.commandLine().getOut().println(config.source() + ": ok");
    spec.commandLine().getOut().println(ConfigDocument.inForce(loaded).encodePrettily());
    return 0;
  }

  /** Tries both, so that one call shows everything that is missing. */
  private void examineStores(SwitchboardConfig loaded) throws Exception {
    List<String> problems = new ArrayList<>();
    if (loaded.redis().mode() != RedisConfig.Mode.embedded) {
      try {
        examineRedis(loaded);
      } catch (StoreException e) {
        problems.add(Reason.of(e));
      }
    }
    if (loaded.postgres().mode() == PostgresConfig.Mode.server) {
      problems.addAll(PostgresPreflight.problems(loaded.postgres()));
    }
    if (!problems.isEmpty()) {
      throw new CommandException(String.join("\nswitchboard: ", problems));
    }
  }

  private static void requirePublicKeys(SwitchboardConfig loaded) throws Exception {
    boolean unused =
        OneShot.withVertx(
            loaded,
            (vertx, config) ->
                Future.succeededFuture(Tokens.requirePublicKeys(vertx, config.auth())));
  }

  private void examineRedis(SwitchboardConfig loaded) throws Exception {
    warn(
        OneShot.withVertx(
            loaded,
            (vertx, config) -> {
              RedisClients redis = new RedisClients(vertx, config.redis());
              return redis
                  .examine()
                  .recover(
                      failure ->
                          Future.failedFuture(StoreException.redis(redis.address(), failure)));
            }));
  }

  private void warn(List<String> warnings) {
    warnings.forEach(warning -> spec.commandLine().getOut().println("warning: " + warning));
  }
}
