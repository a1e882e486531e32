/** What a client may hear whatever happens in between, held against the truth. */
@NullMarked
package dev.switchboard.recovery;

import org.jspecify.annotations.NullMarked;
