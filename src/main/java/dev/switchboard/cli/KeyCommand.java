package dev.switchboard.cli;

import static java.util.stream.Collectors.joining;

import dev.switchboard.auth.ApiKey;
import dev.switchboard.auth.ApiKeyStore;
import dev.switchboard.auth.Scope;
import dev.switchboard.config.Cidr;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import dev.switchboard.webhooks.registry.ControlCharacters;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Creates, lists and revokes API keys of backends. */
@Command(
    name = "key",
    description = "API keys of backends: create, list, revoke; widget: keys of web pages.",
    mixinStandardHelpOptions = true,
    subcommands = WidgetKeyCommand.class)
public final class KeyCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Command(
      name = "create",
      description = "Creates a key and prints it; it can't be shown again.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ConfigOption config,
      @Option(names = "--name", required = true, description = "What the key is for.") String name,
      @Option(names = "--tenant", description = "The only tenant it may act for (default: all).")
          @Nullable String tenant,
      @Option(
              names = "--scope",
              split = ",",
              defaultValue = "events:write",
              description =
                  "Comma-separated: events:write, events:read, kept:read, presence:read,"
                      + " presence:write, inbox, webhooks, stats, admin (default: events:write).")
          List<String> scopes,
      @Option(
              names = "--source",
              split = ",",
              description = "Address ranges from which it may be used (default: all).")
          @Nullable List<String> sources)
      throws Exception {
    KeyName.require(name);
    TenantId boundTo = tenant == null ? null : tenant(tenant);
    Set<Scope> granted = scopes(scopes);
    List<Cidr> ranges = sources == null ? List.of() : ranges(sources);
    ApiKey key = ApiKey.generate();
    long id = withStore(config, store -> store.insert(key, name, boundTo, granted, ranges));
    spec.commandLine().getErr().println("key " + id + ", shown only once:");
    spec.commandLine().getOut().println(key.reveal());
    return 0;
  }

  private static TenantId tenant(String text) {
    try {
      return new TenantId(text);
    } catch (InvalidNameException e) {
      throw new CommandException(Reason.of(e));
    }
  }

  private static Set<Scope> scopes(List<String> texts) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String text : texts) {
      scopes.add(Scope.of(text).orElseThrow(() -> unknownScope(text)));
    }
    return scopes;
  }

  private static CommandException unknownScope(String text) {
    return new CommandException(
        "--scope: unknown scope \"" + text + "\"; use " + joined(List.of(Scope.values())));
  }

  private static List<Cidr> ranges(List<String> texts) {
    try {
      return texts.stream().map(Cidr::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new CommandException("--source: " + e.getMessage());
    }
  }

  @Command(
      name = "list",
      description = "Lists every key, without its secret.",
      mixinStandardHelpOptions = true)
  int list(@Mixin ConfigOption config) throws Exception {
    for (ApiKeyStore.Entry entry : withStore(config, ApiKeyStore::list)) {
      spec.commandLine()
          .getOut()
          .printf(
              "%d\t%s\t%s\t%s\t%s\t%s%n",
              entry.id(),
              ControlCharacters.escaped(entry.name()),
              entry.tenant() == null ? "all tenants" : entry.tenant(),
              joined(entry.scopes().stream().sorted().toList()),
              entry.sources().isEmpty() ? "from anywhere" : joined(entry.sources()),
              entry.revokedAt() == null ? "valid" : "revoked " + entry.revokedAt());
    }
    return 0;
  }

  @Command(
      name = "revoke",
      description = "Revokes a key by its number.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Mixin ConfigOption config,
      @Parameters(paramLabel = "NUMBER", description = "As in `key list`.") long id)
      throws Exception {
    if (!withStore(config, store -> store.revoke(id))) {
      throw new CommandException("key " + id + " does not exist or is not valid");
    }
    spec.commandLine().getOut().println("key " + id + " is revoked; every node knows within 2 s");
    return 0;
  }

  /** Returns the values in the form that `--scope` and `--source` take. */
  private static String joined(List<?> values) {
    return values.stream().map(Object::toString).collect(joining(","));
  }

  private static <T> T withStore(ConfigOption config, Function<ApiKeyStore, Future<T>> work)
      throws Exception {
    return OneShot.withDatabase(
        config.load(), (Database database) -> work.apply(new ApiKeyStore(database)));
  }
}
