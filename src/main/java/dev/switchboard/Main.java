package dev.switchboard;

import dev.switchboard.cli.CheckCommand;
import dev.switchboard.cli.CommandException;
import dev.switchboard.cli.KeyCommand;
import dev.switchboard.cli.MigrateCommand;
import dev.switchboard.cli.RekeyCommand;
import dev.switchboard.cli.RunCommand;
import dev.switchboard.cli.TokenCommand;
import dev.switchboard.cli.VerifyCommand;
import dev.switchboard.cli.client.ClientException;
import dev.switchboard.cli.client.ListenCommand;
import dev.switchboard.cli.client.PublishCommand;
import dev.switchboard.config.ConfigException;
import dev.switchboard.embedded.EmbeddedServerException;
import dev.switchboard.node.Server;
import dev.switchboard.node.StoreStartup;
import dev.switchboard.ops.LogOutput;
import dev.switchboard.redis.RedisProblemException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Reads the command line and runs one sub-command; exit code 2 means that a person must mend
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

  /** As {@link #main}, but returns the exit code. */
  static int run(String... args) {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setExecutionExceptionHandler(new OneLine());
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    // JSON is UTF-8, whatever the terminal's locale says.
    commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    if (args.length == 0) {
      commandLine.usage(System.err);
      return USER_ERROR;
    }
    return commandLine.execute(args);
  }

  /** What a person can mend is said in words, without a stack trace. */
  private static final class OneLine implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(
        Exception failure, CommandLine commandLine, ParseResult parsed) throws Exception {
      Throwable cause = failure;
      while (cause.getCause() != null && !isExpected(cause)) {
        cause = cause.getCause();
      }
      if (!isExpected(cause)) {
        throw failure;
      }
      commandLine.getErr().println("switchboard: " + cause.getMessage());
      return USER_ERROR;
    }

    private static boolean isExpected(Throwable failure) {
      return failure instanceof ConfigException
          || failure instanceof StoreStartup.UnreachableException
          || failure instanceof RedisProblemException
          || failure instanceof EmbeddedServerException
          || failure instanceof CommandException
          || failure instanceof ClientException
          || failure instanceof Server.PortException;
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
