package dev.switchboard.cli;

import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.node.ConfigRules;
import dev.switchboard.node.Server;
import dev.switchboard.ops.LogOutput;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a node until a signal stops the process. */
@Command(
    name = "run",
    description = "Runs a node until SIGTERM or Ctrl-C.",
    mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(RunCommand.class);
  private static final long STOP_MARGIN_SECONDS = 15;

  @Mixin private final ConfigOption config = new ConfigOption();

  @Option(
      names = "--development",
      description =
          "Serves the console and a demonstration, and prints links to them, a token, an API key and"
              + " example commands; for trying out only.")
  private boolean development;

  @Override
  public Integer call() throws Exception {
    SwitchboardConfig loaded = development ? config.loadForDevelopment() : config.load();
    LogOutput.configure(loaded.logging());
    ConfigRules.warnings(loaded).forEach(log::warn);
    Server server = development ? Server.withDemo(loaded) : new Server(loaded);
    Thread stopping = new Thread(() -> stopAndHalt(server, loaded), "shutdown");
    Runtime.getRuntime().addShutdownHook(stopping);
    try {
      server.start().toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      if (isStoppedBySignal(stopping)) {
        // The shutdown hook ends the process.
        new CountDownLatch(1).await();
      }
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
    log.atInfo()
        .addKeyValue("nodeId", server.nodeId())
        .addKeyValue("port", server.port())
        .addKeyValue("managementPort", server.managementPort())
        .log("Ready");
    if (development) {
      new QuickStart(loaded, server.port()).print();
    }
    // The shutdown hook ends the process.
    new CountDownLatch(1).await();
    return 0;
  }

  /** Returns whether a signal stops the process already; otherwise the hook is removed. */
  private static boolean isStoppedBySignal(Thread hook) {
    try {
      return !Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shutdownInProgress) {
      return true;
    }
  }

  /**
   * Stops the node and ends the process once sockets are closed and calls have finished. The exit
   * code of a clean stop is 0, not the 143 of a JVM that a signal ended.
   */
  private static void stopAndHalt(Server server, SwitchboardConfig config) {
    int exitCode = 1;
    try {
      server
          .stop()
          .toCompletionStage()
          .toCompletableFuture()
          .get(config.http().drainTimeout().toSeconds() + STOP_MARGIN_SECONDS, TimeUnit.SECONDS);
      log.info("Stopped cleanly");
      exitCode = 0;
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      log.atError().setCause(e).log("The node did not stop in time");
    } finally {
      LogOutput.flush();
      Runtime.getRuntime().halt(exitCode);
    }
  }
}
