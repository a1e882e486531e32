/** What an application and its client exchange: events, names, options, status and failures. */
@NullMarked
package dev.switchboard.client.model;

import org.jspecify.annotations.NullMarked;
