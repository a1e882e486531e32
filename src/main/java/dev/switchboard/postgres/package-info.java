/**
 * The pool of connections to Postgres, its migrations, and snapshots of small tables kept in
 * memory. Statements themselves belong to the Store of the package that owns the table.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.postgres;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
