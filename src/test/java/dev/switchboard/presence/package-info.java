@NullMarked
package dev.switchboard.presence;

import org.jspecify.annotations.NullMarked;
