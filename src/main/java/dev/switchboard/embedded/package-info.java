/**
 * Starts the real Redis and Postgres processes of the one-command default and stops them again;
 * knows files, ports and processes, and nothing of what is stored in them. Every call blocks: make
 * it from a worker thread, never from an event loop.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.embedded;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
