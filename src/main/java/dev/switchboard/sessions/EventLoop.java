package dev.switchboard.sessions;

import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.time.RepeatingTasks;
import io.vertx.core.Vertx;

/**
 * One event loop of the node, with a hub of its own.
 *
 * @param node name of this node, as clients get it
 * @param number of the loop on this node, from 0
 * @param tasks makes the loop's repeating tasks
 * @param time the clock of its sessions
 */
public record EventLoop(
    Vertx vertx, String node, int number, RepeatingTasks tasks, SessionTime time) {}
