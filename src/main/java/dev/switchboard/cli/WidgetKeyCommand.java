package dev.switchboard.cli;

import dev.switchboard.auth.Origins;
import dev.switchboard.auth.widgets.WidgetKeyStore;
import dev.switchboard.auth.widgets.WidgetKeyStore.WidgetKey;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.registry.ControlCharacters;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Creates, lists and revokes the keys with which visitors of a web page sign in. */
@Command(
    name = "widget",
    description = "Widget keys of web pages: create, list, revoke.",
    mixinStandardHelpOptions = true)
final class WidgetKeyCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Command(
      name = "create",
      description = "Creates a key and prints it. It is not a secret: the page contains it.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ConfigOption config,
      @Option(names = "--tenant", required = true, description = "Tenant of the visitors.")
          String tenant,
      @Option(names = "--name", required = true, description = "What the key is for.") String name,
      @Option(
              names = "--origin",
              required = true,
              split = ",",
              description = "Origins of the pages, such as https://www.example.com, or * for any.")
          List<String> origins)
      throws Exception {
    KeyName.require(name);
    for (String origin : origins) {
      if (!Origins.isWellFormed(origin)) {
        throw new CommandException(
            "--origin: \"" + origin + "\" is not an origin such as https://www.example.com, or *");
      }
    }
    TenantId of = tenant(tenant);
    WidgetKey created = withStore(config, store -> store.insert(of, name, origins));
    spec.commandLine().getErr().println("widget key " + created.id() + ":");
    spec.commandLine().getOut().println(created.key());
    return 0;
  }

  @Command(name = "list", description = "Lists the keys.", mixinStandardHelpOptions = true)
  int list(
      @Mixin ConfigOption config,
      @Option(
              names = "--tenant",
              description = "Keys of this tenant only (default: of all tenants).")
          @Nullable String tenant)
      throws Exception {
    TenantId of = tenant == null ? null : tenant(tenant);
    for (WidgetKey key : withStore(config, store -> store.list(of))) {
      spec.commandLine()
          .getOut()
          .printf(
              "%d\t%s\t%s\t%s\t%s%n",
              key.id(),
              ControlCharacters.escaped(key.name()),
              key.tenant(),
              String.join(",", key.origins().allowed()),
              key.key());
    }
    return 0;
  }

  @Command(
      name = "revoke",
      description = "Revokes a key by its number and ends the chats that used it.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Mixin ConfigOption config,
      @Parameters(paramLabel = "NUMBER", description = "As in `key widget list`.") long id)
      throws Exception {
    if (!withStore(config, store -> store.delete(id, null))) {
      throw new CommandException("widget key " + id + " does not exist");
    }
    spec.commandLine().getOut().println("widget key " + id + " is revoked");
    return 0;
  }

  private static TenantId tenant(String text) {
    try {
      return new TenantId(text);
    } catch (InvalidNameException e) {
      throw new CommandException(Reason.of(e));
    }
  }

  private static <T> T withStore(ConfigOption config, Function<WidgetKeyStore, Future<T>> work)
      throws Exception {
    return OneShot.withDatabase(
        config.load(), database -> work.apply(new WidgetKeyStore(database)));
  }
}
