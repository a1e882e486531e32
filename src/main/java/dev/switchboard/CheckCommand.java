package dev.switchboard;

import dev.switchboard.config.SwitchboardConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Checks the configuration; starts, makes and changes nothing. */
@Command(
    name = "check",
    description = "Checks the configuration and lists every problem.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  @Mixin private final ConfigOption config = new ConfigOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    SwitchboardConfig loaded = config.load();
    PartRules.require(loaded);
    JwtSecret.require(loaded);
    spec.commandLine().getOut().println(config.source() + ": ok");
    spec.commandLine().getOut().println(loaded);
    return 0;
  }
}
