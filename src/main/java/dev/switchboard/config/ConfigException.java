package dev.switchboard.config;

import java.util.List;

/** The configuration is not usable; the message lists every problem with its path. */
public final class ConfigException extends OperatorException {
  private final List<String> problems;

  /** Takes the name of the source and its problems, each in the form {@code path: problem}. */
  public ConfigException(String source, List<String> problems) {
    super(describe(source, problems));
    this.problems = List.copyOf(problems);
  }

  /** Returns the problems, one per entry. */
  public List<String> problems() {
    return problems;
  }

  private static String describe(String source, List<String> problems) {
    String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
    return source + " has " + count + ":\n  " + String.join("\n  ", problems);
  }
}
