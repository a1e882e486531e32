package dev.switchboard.support;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands that run this JDK's {@code java} in a process of its own. */
public final class TestJvm {
  private TestJvm() {}

  /**
   * The command with these arguments. What the process puts into a temporary directory stays below
   * {@code target}, as with the tests themselves: not every user may run programs from {@code
   * /tmp}.
   */
  public static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    command.addAll(arguments);
    return command;
  }
}
