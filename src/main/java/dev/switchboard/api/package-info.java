/**
 * The HTTP API: the routes of each resource and the form of their responses. Decides nothing that a
 * capability decides. What routes share is in {@code http}, the routes of webhooks in {@code
 * webhooks}.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.api;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
