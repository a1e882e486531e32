/**
 * What nodes report to each other for operators, the questions that they ask each other through
 * Redis, and which channels they agree on. Knows neither who measures nor who answers.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.redis.nodes;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
