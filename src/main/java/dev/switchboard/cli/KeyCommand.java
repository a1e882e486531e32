package dev.switchboard.cli;

import static java.util.stream.Collectors.joining;

import dev.switchboard.auth.ApiKey;
import dev.switchboard.auth.ApiKeyStore;
import dev.switchboard.auth.Scope;
import dev.switchboard.config.Cidr;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
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

/** Makes, lists and revokes API keys of backends. */
@Command(
    name = "key",
    description = "API keys of backends: create, list, revoke; with widget: of web pages.",
    mixinStandardHelpOptions = true,
    subcommands = WidgetKeyCommand.class)
public final class KeyCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Command(
      name = "create",
      description = "Makes a key and prints it; it can't be shown again.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ConfigOption config,
      @Option(names = "--name", required = true, description = "What it is for.") String name,
      @Option(names = "--tenant", description = "The one tenant it acts for (default: all).")
          @Nullable String tenant,
      @Option(
              names = "--scope",
              split = ",",
              defaultValue = "events:write",
              description =
                  "Comma-separated: events:write, presence:read, presence:write, inbox, webhooks,"
                      + " stats, admin (default: events:write).")
          List<String> scopes,
      @Option(names = "--source", split = ",", description = "Address ranges it may be used from.")
          @Nullable List<String> sources)
      throws Exception {
    ApiKey key = ApiKey.generate();
    TenantId boundTo;
    Set<Scope> granted = EnumSet.noneOf(Scope.class);
    List<Cidr> ranges;
    try {
      boundTo = tenant == null ? null : new TenantId(tenant);
      ranges = sources == null ? List.of() : sources.stream().map(Cidr::parse).toList();
    } catch (InvalidNameException e) {
      throw new CommandException(String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw new CommandException("--source: " + e.getMessage());
    }
    for (String word : scopes) {
      granted.add(
          Scope.of(word)
              .orElseThrow(
                  () ->
                      new CommandException(
                          "no scope \""
                              + word
                              + "\"; there are "
                              + words(List.of(Scope.values())))));
    }
    long id = withStore(config, store -> store.insert(key, name, boundTo, granted, ranges));
    spec.commandLine().getErr().println("key " + id + ", shown only now:");
    spec.commandLine().getOut().println(key.reveal());
    return 0;
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
              entry.name(),
              entry.tenant() == null ? "all tenants" : entry.tenant(),
              words(entry.scopes().stream().sorted().toList()),
              entry.sources().isEmpty() ? "from anywhere" : words(entry.sources()),
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
      throw new CommandException("there is no valid key " + id);
    }
    spec.commandLine().getOut().println("key " + id + " is revoked; every node knows within 2 s");
    return 0;
  }

  /** As `--scope` and `--source` take them. */
  private static String words(List<?> values) {
    return values.stream().map(Object::toString).collect(joining(","));
  }

  private static <T> T withStore(ConfigOption config, Function<ApiKeyStore, Future<T>> work)
      throws Exception {
    return OneShot.withDatabase(
        config.load(), (Database database) -> work.apply(new ApiKeyStore(database)));
  }
}
