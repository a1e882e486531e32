/** What a client needs of its platform: a thread with a clock, WebSockets, and JSON. */
@NullMarked
package dev.switchboard.client.platform;

import org.jspecify.annotations.NullMarked;
