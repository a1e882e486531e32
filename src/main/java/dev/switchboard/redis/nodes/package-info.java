/**
 * What nodes report to each other for operators, and the questions that they ask each other through
 * Redis. Knows neither who measures nor who answers.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.redis.nodes;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
