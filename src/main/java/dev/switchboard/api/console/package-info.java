/**
 * The operators' console and the tenants' portal: their pages, sessions, links, and the calls that
 * only they need.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.api.console;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
