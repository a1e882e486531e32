package dev.switchboard;

import dev.switchboard.cli.CheckCommand;
import dev.switchboard.cli.KeyCommand;
import dev.switchboard.cli.MigrateCommand;
import dev.switchboard.cli.RekeyCommand;
import dev.switchboard.cli.RunCommand;
import dev.switchboard.cli.TokenCommand;
import dev.switchboard.cli.VerifyCommand;
import dev.switchboard.cli.client.ListenCommand;
import dev.switchboard.cli.client.PublishCommand;
import dev.switchboard.config.OperatorException;
import dev.switchboard.ops.LogOutput;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Reads the command line and runs one sub-command. Exit code 2 means that a person must fix
 * something.
 */
@Command(
    name = "switchboard",
    description = "Event server for contact centres: WebSocket fan-out, presence, inbox, webhooks.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      RunCommand.class,
      CheckCommand.class,
      MigrateCommand.class,
      KeyCommand.class,
      TokenCommand.class,
      RekeyCommand.class,
      VerifyCommand.class,
      PublishCommand.class,
      ListenCommand.class
    })
public final class Main {
  static final int USER_ERROR = 2;

  private Main() {}

  /** Entry point of the jar. */
  public static void main(String[] args) {
    LogOutput.beforeConfiguration();
    System.exit(run(args));
  }

  /** Runs the command line and returns its exit code. */
  static int run(String... args) {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setExecutionExceptionHandler(new OperatorMessages());
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    // JSON is UTF-8, regardless of the terminal's locale.
    commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    if (args.length == 0) {
      commandLine.usage(System.err);
      return USER_ERROR;
    }
    return commandLine.execute(args);
  }

  /** Prints failures that a person can fix without a stack trace. */
  private static final class OperatorMessages implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(
        Exception failure, CommandLine commandLine, ParseResult parsed) throws Exception {
      Throwable cause = failure;
      while (cause.getCause() != null && !(cause instanceof OperatorException)) {
        cause = cause.getCause();
      }
      if (!(cause instanceof OperatorException)) {
        throw failure;
      }
      commandLine.getErr().println("switchboard: " + cause.getMessage());
      return USER_ERROR;
    }
  }

  /** The version the jar was built as. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"switchboard " + (version == null ? "(development)" : version)};
    }
  }
}
