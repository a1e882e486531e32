package dev.switchboard.cli;

/** The rule for the names of keys, which `key list` prints on a terminal. */
final class KeyName {
  private KeyName() {}

  /** Fails if {@code name} can't be printed. */
  static void require(String name) {
    if (name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
      throw new CommandException("--name must not be empty or hold control characters");
    }
  }
}
