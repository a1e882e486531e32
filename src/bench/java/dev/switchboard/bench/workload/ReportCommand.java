package dev.switchboard.bench.workload;

import dev.switchboard.bench.measure.Machine;
import dev.switchboard.bench.measure.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the table of all figures a call has gathered. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "Prints gathered figures as a Markdown table.")
public final class ReportCommand implements Callable<Integer> {
  @Option(names = "--results", required = true, description = "file the workloads appended to")
  private Path results = Path.of("");

  @Option(names = "--commit", defaultValue = "unknown", description = "what was measured")
  private String commit = "";

  @Option(names = "--note", defaultValue = "", description = "how the servers were started")
  private String note = "";

  @Override
  public Integer call() throws IOException {
    System.out.printf("%n%s%n%s%n%n", Machine.describe(commit), note);
    System.out.print(Report.read(results).markdown());
    return 0;
  }
}
