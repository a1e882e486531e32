/** Runs what the documentation shows. */
@NullMarked
package dev.switchboard.docs;

import org.jspecify.annotations.NullMarked;
