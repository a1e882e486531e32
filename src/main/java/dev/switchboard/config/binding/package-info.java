/**
 * The binding of JSON and environment variables to records of {@link
 * dev.switchboard.config.binding.Setting}s, with the units in which values and bounds are written;
 * knows no section.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.config.binding;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
