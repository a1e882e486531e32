/**
 * What is stored in Redis and how: every key and channel, the Lua scripts, the event log, and the
 * messages that nodes send to each other. {@link dev.switchboard.redis.RedisCommands} is the way to
 * a server; the sub-package {@code connection} implements it.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.redis;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
