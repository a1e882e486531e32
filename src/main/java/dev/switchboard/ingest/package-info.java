/**
 * Accepting events: read and check what a producer sent, bring the payload into its one form,
 * commit what is owed, give the event its place in the log and publish it. Nothing is acknowledged
 * before that.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.ingest;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
