/**
 * Encryption of what is stored. Owns the form of sealed bytes and the keys; knows neither where
 * they are stored nor what they mean.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sealing;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
