package dev.switchboard.cli;

import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.Reason;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.webhooks.registry.RekeyStore;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Encrypts every stored secret with the first of the configured keys. */
@Command(
    name = "rekey",
    description =
        "Encrypts every stored secret with the first of encryption.keys, including plain ones.",
    mixinStandardHelpOptions = true)
public final class RekeyCommand implements Callable<Integer> {
  @Mixin private final ConfigOption config = new ConfigOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    SwitchboardConfig loaded = config.load();
    SecretSeal secretSeal = new SecretSeal(loaded.encryption());
    if (!secretSeal.encrypts()) {
      throw new CommandException(
          "encryption.keys contains no key; generate one with `openssl rand -base64 32`");
    }
    int changed;
    try {
      changed =
          OneShot.withDatabase(loaded, database -> new RekeyStore(database, secretSeal).rekey());
    } catch (SecretSeal.SealedException e) {
      throw new CommandException(Reason.of(e));
    }
    spec.commandLine().getOut().println(changed + " webhooks changed");
    return 0;
  }
}
