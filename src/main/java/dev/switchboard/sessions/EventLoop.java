package dev.switchboard.sessions;

import io.vertx.core.Vertx;

/**
 * An event loop whose sessions belong together.
 *
 * @param node this process, as clients are told
 * @param number of the loop on this node, from 0
 */
public record EventLoop(Vertx vertx, String node, int number) {}
