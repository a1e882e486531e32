/**
 * The client for Java programs: one connection that resumes where it stopped, events, kept
 * collections, and publishing. It needs nothing but the JDK, and is attached to each release as a
 * jar of its own. Begin with {@link dev.switchboard.client.SwitchboardClient}.
 *
 * <p>What it must do is specified in {@code client-protocol.md}; the cases of that page test it.
 */
@NullMarked
package dev.switchboard.client;

import org.jspecify.annotations.NullMarked;
