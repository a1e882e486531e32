package dev.switchboard.api.docs;

import org.jspecify.annotations.Nullable;

/** The documentation of a node, rendered on the first request. Usable from every thread. */
public final class Docs {
  private @Nullable DocsSite site;

  /** Renders the pages on the first call, which blocks for up to a second; not for event loops. */
  synchronized DocsSite site() {
    DocsSite made = site == null ? DocsSite.read() : site;
    site = made;
    return made;
  }
}
