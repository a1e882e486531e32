/**
 * The services of the API for webhooks: register, change and test them, read their log and their
 * pending deliveries, and redeliver.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks.admin;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
