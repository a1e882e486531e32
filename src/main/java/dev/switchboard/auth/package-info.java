/**
 * Who calls and what they may do: JSON Web Tokens, API keys, scopes. Knows nothing of routes or
 * sockets.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.auth;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
