package dev.switchboard.bus;

/** What became of an accepted event that was perhaps not published. */
public enum Republished {
  /** It was published just now. */
  NOW,
  /** It had been published before. */
  BEFORE,
  /** A newer kept event had superseded it; it was not published and never will be. */
  NEVER
}
