package dev.switchboard.postgres;

import io.vertx.core.Future;

/** Reads what a {@link TableSnapshot} shows of its table. Belongs to one event loop. */
public interface TableReader<T> {
  /** What a table without rows is read as. */
  T empty();

  /** Reads the table as it is now; called when it has changed, never before the last read ended. */
  Future<T> read();
}
