package dev.switchboard.tracing;

import java.util.List;

/** Headers that may name the trace of a call, such as those of an HTTP request. */
@FunctionalInterface
public interface TraceCarrier {
  /** Has no headers. */
  TraceCarrier NONE = name -> List.of();

  /** The values of every header of that name, which is in lower case; empty if there is none. */
  List<String> all(String name);
}
