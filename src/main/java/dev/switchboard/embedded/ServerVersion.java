package dev.switchboard.embedded;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Version of a server program; {@code patch} is 0 where a server has none. */
record ServerVersion(int major, int minor, int patch) implements Comparable<ServerVersion> {
  /** {@code v=7.0.15}, or {@code (PostgreSQL) 17.11}. */
  private static final Pattern FORM =
      Pattern.compile("(?:v=|\\(PostgreSQL\\) )(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?");

  private static final Comparator<ServerVersion> ORDER =
      Comparator.comparingInt(ServerVersion::major)
          .thenComparingInt(ServerVersion::minor)
          .thenComparingInt(ServerVersion::patch);

  /** Reads what a server program prints with {@code --version}; empty if it is of another kind. */
  static Optional<ServerVersion> parse(String output) {
    Matcher found = FORM.matcher(output);
    return found.find()
        ? Optional.of(
            new ServerVersion(
                Integer.parseInt(found.group(1)),
                Integer.parseInt(found.group(2)),
                found.group(3) == null ? 0 : Integer.parseInt(found.group(3))))
        : Optional.empty();
  }

  @Override
  public int compareTo(ServerVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + (patch == 0 ? "" : "." + patch);
  }
}
