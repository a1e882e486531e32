@NullMarked
package dev.switchboard.kept;

import org.jspecify.annotations.NullMarked;
