package dev.switchboard.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports of this machine that nothing listens on. They are below those that the kernel gives to
 * outgoing connections, and each JVM that runs tests at the same time has a range of its own, so
 * that a port is still free when its server starts.
 */
final class FreePorts {
  private static final int FIRST = 10_240;
  private static final int RANGE = 2_400;
  private static final int RANGES = 4;

  /** Maven numbers its JVMs from 1. */
  private static final int OWN = FIRST + Math.floorMod(fork() - 1, RANGES) * RANGE;

  /** Begins anywhere, because tests of another checkout may run too. */
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(RANGE));

  private FreePorts() {}

  private static int fork() {
    return Integer.getInteger("surefire.forkNumber", 1);
  }

  /** A port that was not returned for long, and that is free now. */
  static int next() {
    for (int tries = 0; tries < RANGE; tries++) {
      int port = OWN + Math.floorMod(NEXT.getAndIncrement(), RANGE);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no port from " + OWN + " to " + (OWN + RANGE) + " is free");
  }

  /** Whether nothing listens on that port of this machine. */
  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
