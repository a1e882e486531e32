/**
 * Parses and validates events: plain JSON, CloudEvents and socket messages become {@link
 * dev.switchboard.ingest.parse.EventDraft}s with normalized payloads. Knows neither stores nor what
 * happens to an event afterwards.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.ingest.parse;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
