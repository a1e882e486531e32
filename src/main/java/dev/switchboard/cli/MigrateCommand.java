package dev.switchboard.cli;

import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.ops.LogOutput;
import dev.switchboard.postgres.Migrations;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Brings the schema of Postgres up to date, as every node does when it starts. */
@Command(
    name = "migrate",
    description = "Brings the Postgres schema up to date.",
    mixinStandardHelpOptions = true)
public final class MigrateCommand implements Callable<Integer> {
  @Mixin private final ConfigOption config = new ConfigOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    SwitchboardConfig loaded = config.load();
    LogOutput.configure(loaded.logging());
    int applied = Migrations.apply(loaded.postgres());
    spec.commandLine().getOut().println("migrations applied: " + applied);
    return 0;
  }
}
