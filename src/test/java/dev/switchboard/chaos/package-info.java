/**
 * Faults against promises: each fault is caused many times under traffic, and each promise checked.
 */
@NullMarked
package dev.switchboard.chaos;

import org.jspecify.annotations.NullMarked;
