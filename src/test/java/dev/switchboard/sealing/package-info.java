@NullMarked
package dev.switchboard.sealing;

import org.jspecify.annotations.NullMarked;
