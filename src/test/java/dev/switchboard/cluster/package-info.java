/** End to end: several nodes, real stores, and nothing but public interfaces. */
@NullMarked
package dev.switchboard.cluster;

import org.jspecify.annotations.NullMarked;
