package dev.switchboard.cli;

import dev.switchboard.auth.Origins;
import dev.switchboard.auth.WidgetKeyStore;
import dev.switchboard.auth.WidgetKeyStore.WidgetKey;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
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

/** Makes, lists and revokes the keys that let a web page's visitors in. */
@Command(
    name = "widget",
    description = "Widget keys of web pages: create, list, revoke.",
    mixinStandardHelpOptions = true)
final class WidgetKeyCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Command(
      name = "create",
      description = "Makes a key and prints it. It is no secret: the page shows it.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ConfigOption config,
      @Option(names = "--tenant", required = true, description = "Whose visitors they are.")
          String tenant,
      @Option(names = "--name", required = true, description = "What it is for.") String name,
      @Option(
              names = "--origin",
              required = true,
              split = ",",
              description = "Origins of the pages, such as https://www.example.com, or * for any.")
          List<String> origins)
      throws Exception {
    for (String origin : origins) {
      if (!Origins.isWellFormed(origin)) {
        throw new CommandException(
            "--origin: \"" + origin + "\" is no origin such as https://www.example.com, or *");
      }
    }
    TenantId of = tenant(tenant);
    WidgetKey made = withStore(config, store -> store.insert(of, name, origins));
    spec.commandLine().getErr().println("widget key " + made.id() + ":");
    spec.commandLine().getOut().println(made.key());
    return 0;
  }

  @Command(name = "list", description = "Lists the keys.", mixinStandardHelpOptions = true)
  int list(
      @Mixin ConfigOption config,
      @Option(names = "--tenant", description = "Of one tenant (default: of all).")
          @Nullable String tenant)
      throws Exception {
    TenantId of = tenant == null ? null : tenant(tenant);
    for (WidgetKey key : withStore(config, store -> store.list(of))) {
      spec.commandLine()
          .getOut()
          .printf(
              "%d\t%s\t%s\t%s\t%s%n",
              key.id(),
              key.name(),
              key.tenant(),
              String.join(",", key.origins().allowed()),
              key.key());
    }
    return 0;
  }

  @Command(
      name = "revoke",
      description = "Revokes a key by its number and ends the chats it let in.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Mixin ConfigOption config,
      @Parameters(paramLabel = "NUMBER", description = "As in `key widget list`.") long id)
      throws Exception {
    if (!withStore(config, store -> store.delete(id, null))) {
      throw new CommandException("there is no widget key " + id);
    }
    spec.commandLine().getOut().println("widget key " + id + " is revoked");
    return 0;
  }

  private static TenantId tenant(String text) {
    try {
      return new TenantId(text);
    } catch (InvalidNameException e) {
      throw new CommandException(String.valueOf(e.getMessage()));
    }
  }

  private static <T> T withStore(ConfigOption config, Function<WidgetKeyStore, Future<T>> work)
      throws Exception {
    return OneShot.withDatabase(
        config.load(), database -> work.apply(new WidgetKeyStore(database)));
  }
}
