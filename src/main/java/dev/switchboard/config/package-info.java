/**
 * The one JSON file as typed records: defaults, bounds and words of every setting stand at its
 * record component, and from there come the loader's checks, the JSON Schema, the example file and
 * the table in the README.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.config;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
