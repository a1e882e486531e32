package dev.switchboard.bench.measure;

/**
 * CPU microseconds used so far by the three parties of a run.
 *
 * @param client the benchmark itself: its cost shows when a server pushes work over to it
 */
public record Usage(double server, double redis, double client) {

  public Usage since(Usage start) {
    return new Usage(server - start.server, redis - start.redis, client - start.client);
  }
}
