/** What integration tests stand on: real servers, nodes, sockets and webhook receivers. */
@NullMarked
package dev.switchboard.support;

import org.jspecify.annotations.NullMarked;
