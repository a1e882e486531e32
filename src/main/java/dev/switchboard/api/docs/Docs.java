package dev.switchboard.api.docs;

import org.jspecify.annotations.Nullable;

/** The documentation of a node, rendered when it is asked for first. For all threads. */
public final class Docs {
  private @Nullable DocsSite site;

  /** Renders the pages if nobody did, which blocks for up to a second; not for event loops. */
  synchronized DocsSite site() {
    DocsSite made = site == null ? DocsSite.read() : site;
    site = made;
    return made;
  }
}
