package dev.switchboard;

import static java.util.stream.Collectors.joining;

import dev.switchboard.cli.CheckCommand;
import dev.switchboard.cli.KeyCommand;
import dev.switchboard.cli.MigrateCommand;
import dev.switchboard.cli.NativeText;
import dev.switchboard.cli.RekeyCommand;
import dev.switchboard.cli.RunCommand;
import dev.switchboard.cli.TokenCommand;
import dev.switchboard.cli.VerifyCommand;
import dev.switchboard.cli.client.ListenCommand;
import dev.switchboard.cli.client.PublishCommand;
import dev.switchboard.cli.client.SimulateCommand;
import dev.switchboard.config.OperatorException;
import dev.switchboard.event.Reason;
import dev.switchboard.ops.LogOutput;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

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
      ListenCommand.class,
      SimulateCommand.class
    })
public final class Main {
  static final int USER_ERROR = 2;

  private Main() {}

  /** Entry point of the jar. */
  public static void main(String[] args) {
    LogOutput.beforeConfiguration();
    System.exit(run(System.out, System.err, args));
  }

  /** Runs the command line with these outputs and returns its exit code. */
  static int run(OutputStream out, OutputStream err, String... args) {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setExecutionExceptionHandler(new OperatorMessages());
    commandLine.setParameterExceptionHandler(Main::refuse);
    // An argument that begins with @ is a value, not the name of a file with arguments.
    commandLine.setExpandAtFiles(false);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    // JSON is UTF-8, regardless of the terminal's locale.
    commandLine.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    if (args.length == 0) {
      commandLine.usage(commandLine.getErr());
      return USER_ERROR;
    }
    return execute(commandLine, args);
  }

  private static int execute(CommandLine commandLine, String[] args) {
    int exitCode;
    try {
      exitCode = commandLine.execute(NativeText.arguments(args));
    } catch (OperatorException e) {
      return fail(commandLine, Reason.of(e));
    }
    return exitCode == 0 && commandLine.getOut().checkError()
        ? fail(commandLine, "standard output was closed before everything was written")
        : exitCode;
  }

  private static int fail(CommandLine commandLine, String message) {
    commandLine.getErr().println("switchboard: " + message);
    return USER_ERROR;
  }

  /** Says in one line what is wrong with the arguments; shows no value, which may be secret. */
  private static int refuse(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    String problem =
        failure instanceof UnmatchedArgumentException unmatched
            ? unknown(unmatched.getUnmatched())
            : Reason.of(failure).lines().findFirst().orElse("");
    return fail(
        command, problem + "; see `" + command.getCommandSpec().qualifiedName() + " --help`");
  }

  private static String unknown(List<String> unmatched) {
    String options =
        unmatched.stream()
            .filter(argument -> argument.startsWith("-"))
            .map(argument -> argument.replaceFirst("=.*", ""))
            .collect(joining(", "));
    return options.isEmpty() ? "too many arguments" : "unknown options: " + options;
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
      if (cause instanceof OperatorException) {
        return fail(commandLine, Reason.of(cause));
      }
      if (commandLine.getCommand() instanceof RunCommand) {
        throw failure;
      }
      return fail(commandLine, unexpected(cause));
    }

    /** Says where a bug is, without its message, which may show what was given. */
    private static String unexpected(Throwable cause) {
      String place =
          Arrays.stream(cause.getStackTrace())
              .filter(frame -> frame.getClassName().startsWith("dev.switchboard."))
              .findFirst()
              .map(frame -> " in " + frame.getFileName() + ":" + frame.getLineNumber())
              .orElse("");
      return "unexpected " + cause.getClass().getSimpleName() + place + "; please report it";
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
