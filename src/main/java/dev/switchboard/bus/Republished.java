package dev.switchboard.bus;

/** What became of an accepted event that was perhaps not published. */
public enum Republished {
  /** It was published just now. */
  NOW,
  /** It had been published before. */
  BEFORE,
  /** There is a newer state than the one that it keeps: it can only be published without that. */
  OUTDATED,
  /** Its producer was told that it is superseded; it was not published and never will be. */
  NEVER
}
