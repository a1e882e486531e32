/** The commands that are clients, run from the jar against real nodes. */
@NullMarked
package dev.switchboard.cli;

import org.jspecify.annotations.NullMarked;
