/** Schedulers of event loops, and tasks that repeat. Knows nothing of the rest of the server. */
@NullMarked
@CheckReturnValue
package dev.switchboard.time;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
