package dev.switchboard.bench.workload;

import dev.switchboard.bench.measure.PostgresAccount;
import dev.switchboard.bench.measure.ProcessAccount;
import dev.switchboard.bench.measure.Results;
import dev.switchboard.bench.measure.Usage;
import dev.switchboard.bench.wire.Endpoint;
import dev.switchboard.bench.wire.Tokens;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The node under load and where its figures go: options common to all workloads. */
final class NodeOptions {
  @Option(names = "--name", defaultValue = "switchboard", description = "column of the report")
  private String name = "";

  @Option(names = "--url", required = true, description = "http://host:port of the node")
  private URI url = URI.create("");

  @Option(names = "--secret", required = true, description = "HS256 secret of its tokens")
  private String secret = "";

  @Option(names = "--pid", defaultValue = "0", description = "its process, for CPU and memory")
  private long pid;

  @Option(names = "--redis-pid", defaultValue = "0", description = "Redis's process, for CPU")
  private long redisPid;

  @Option(
      names = "--postgres",
      defaultValue = "",
      description = "host:port of its Postgres with the user of embedded mode, for counts")
  private String postgres = "";

  @Option(
      names = "--postgres-pid",
      defaultValue = "0",
      description = "Postgres's first process, for CPU")
  private long postgresPid;

  @Option(names = "--results", description = "file the figures are appended to")
  private @Nullable Path results;

  @Option(
      names = "--client-loops",
      defaultValue = "1",
      description = "event loops of the load client (default: ${DEFAULT-VALUE})")
  private int clientLoops;

  Endpoint endpoint() {
    return Endpoint.of(url);
  }

  Tokens tokens() {
    return new Tokens(secret);
  }

  PostgresAccount postgres() {
    return new PostgresAccount(postgres);
  }

  double postgresCpuMicros() {
    return PostgresAccount.cpuMicros(postgresPid);
  }

  int clientLoops() {
    return clientLoops;
  }

  ProcessAccount server() {
    return new ProcessAccount(pid);
  }

  Usage usage() {
    return new Usage(
        server().cpuMicros(),
        new ProcessAccount(redisPid).cpuMicros(),
        ProcessAccount.ownProcess().cpuMicros());
  }

  Results results(String workload) {
    System.out.printf("%s on %s (%s)%n", workload, name, url);
    return new Results(name, workload, results, System.out);
  }
}
