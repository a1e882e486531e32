/**
 * Encryption at rest. Owns the keys and the form of encrypted values; knows neither where they are
 * stored nor what they mean.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.sealing;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
