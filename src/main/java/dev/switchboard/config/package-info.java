/**
 * The configuration file as typed records: the default, bounds and description of every setting are
 * declared at its record component, and the loader's validation, the JSON Schema, the example file
 * and the tables in the documentation are derived from them.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.config;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
