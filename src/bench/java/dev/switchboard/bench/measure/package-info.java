/** What a run cost and how it is written down: process accounts, figures, the table at the end. */
@NullMarked
@CheckReturnValue
package dev.switchboard.bench.measure;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
