/**
 * What nodes ask each other for operators, and what a node remembers for such questions. Knows
 * neither how questions travel nor who answers them.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.bus.inspection;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
