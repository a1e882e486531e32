package dev.switchboard.bench.workload;

import dev.switchboard.bench.client.Login;
import dev.switchboard.bench.wire.Tokens;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The tenants of one workload, and their people: everyone signs in as a user of their own.
 *
 * <p>The names hold the time of the run, so that two runs against one node never meet.
 */
final class Tenants {
  private final List<String> names;
  private final Tokens tokens;

  Tenants(String workload, int count, Tokens tokens) {
    String run = Long.toString(System.currentTimeMillis() / 1000, Character.MAX_RADIX);
    this.names =
        IntStream.range(0, count).mapToObj(i -> "bench-" + workload + "-" + run + "-" + i).toList();
    this.tokens = tokens;
  }

  List<String> names() {
    return names;
  }

  /** The i-th session's login; tenants take turns. */
  Login login(int index, boolean subscribes) {
    int tenant = index % names.size();
    return new Login(tenant, tokens.agent(names.get(tenant), "user-" + index), subscribes, false);
  }
}
