/**
 * Calls with which operators look into a running cluster: its nodes, the sessions of a user, what
 * was refused, and events as they happen. Nothing here changes what other callers see.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.api.inspect;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
