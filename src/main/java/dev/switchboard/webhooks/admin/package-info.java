/**
 * What people do with webhooks through the API: register, change, test, look at logs and pending
 * deliveries, and redeliver.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks.admin;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
