/**
 * Everything that speaks to Redis: connections that time out and rebuild themselves, every key and
 * channel name, Lua scripts, and the event log that they implement. The only package that knows the
 * Redis client.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.redis;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
