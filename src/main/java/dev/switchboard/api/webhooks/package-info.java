/** The routes below {@code /api/v1/webhooks}, and the JSON form of webhooks and their log. */
@NullMarked
@CheckReturnValue
package dev.switchboard.api.webhooks;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
