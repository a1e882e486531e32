/**
 * The body of a webhook request in the form its receiver understands: the standard body, the
 * messages of chat services, CloudEvents, or a template of the tenant's own. Pure: knows events,
 * but neither queue nor HTTP.
 *
 * <pre>
 *   DeliveredEvent ─┬─► StandardBody, ExtendedBody, CloudEventBody ────────────────┐
 *                   ├─► EventCard ─► SlackMessage, DiscordMessage, TeamsMessage, … ─┼─► RequestBody
 *                   └─► BodyTemplate ──────────────────────────────────────────────┘
 * </pre>
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.webhooks.format;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
