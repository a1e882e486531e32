/**
 * Reports on webhooks to operators, tenants and other nodes: metrics, health, notices and live
 * attempts.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks.report;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
