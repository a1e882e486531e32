/**
 * The pool of connections to Postgres, its migrations, and snapshots of small tables kept in
 * memory. Statements themselves stand in the Store of the package whose table it is.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.postgres;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
