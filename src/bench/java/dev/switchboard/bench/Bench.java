package dev.switchboard.bench;

import dev.switchboard.bench.reference.ReferenceServer;
import dev.switchboard.bench.workload.Batch;
import dev.switchboard.bench.workload.ColdConnects;
import dev.switchboard.bench.workload.ColdPosts;
import dev.switchboard.bench.workload.Consoles;
import dev.switchboard.bench.workload.Fairness;
import dev.switchboard.bench.workload.FanOut;
import dev.switchboard.bench.workload.Filters;
import dev.switchboard.bench.workload.Idle;
import dev.switchboard.bench.workload.Ingest;
import dev.switchboard.bench.workload.Noise;
import dev.switchboard.bench.workload.PresenceLoad;
import dev.switchboard.bench.workload.ReportCommand;
import dev.switchboard.bench.workload.Sealing;
import dev.switchboard.bench.workload.Storm;
import dev.switchboard.bench.workload.Webhooks;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of the benchmark; {@code scripts/bench} starts it with servers and sizes. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    subcommands = {
      FanOut.class,
      Idle.class,
      Storm.class,
      Ingest.class,
      Batch.class,
      ColdPosts.class,
      ColdConnects.class,
      Webhooks.class,
      Fairness.class,
      Filters.class,
      PresenceLoad.class,
      Consoles.class,
      Noise.class,
      Sealing.class,
      ReportCommand.class,
      ReferenceServer.class
    })
public final class Bench {
  private Bench() {}

  public static void main(String[] args) {
    // Not the server's logging set-up: without a file of its own it would log each read.
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    CommandLine commands = new CommandLine(new Bench()).setOverwrittenOptionsAllowed(true);
    System.exit(commands.execute(args));
  }
}
