/** What a node holds after long use, measured from outside. */
@NullMarked
package dev.switchboard.soak;

import org.jspecify.annotations.NullMarked;
