/**
 * The HTTP API: routes, permission checks and the form of the responses. Decides nothing that a
 * capability decides; {@code ProblemHandler} turns every failure into a problem document.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.api;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
