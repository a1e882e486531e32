package dev.switchboard.sessions;

import dev.switchboard.time.RepeatingTasks;
import io.vertx.core.Vertx;

/**
 * An event loop whose sessions belong together.
 *
 * @param node this process, as clients are told
 * @param number of the loop on this node, from 0
 * @param tasks what the loop repeats is made by these
 */
public record EventLoop(Vertx vertx, String node, int number, RepeatingTasks tasks) {}
