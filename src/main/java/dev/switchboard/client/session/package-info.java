/** The protocol's side of the client: connects, resumes, publishes and keeps collections. */
@NullMarked
package dev.switchboard.client.session;

import org.jspecify.annotations.NullMarked;
