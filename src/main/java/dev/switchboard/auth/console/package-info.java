/**
 * Console sessions, tickets for them, and portals: what was opened with a credential, ends with it,
 * and is stored in Redis. Knows nothing of routes and cookies.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.auth.console;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
