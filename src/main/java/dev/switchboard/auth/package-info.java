/**
 * Authentication and authorization: tokens, API keys, tickets, widget keys, roles and scopes. Knows
 * nothing of routes or sockets.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.auth;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
