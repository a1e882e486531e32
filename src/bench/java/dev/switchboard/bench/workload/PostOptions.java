package dev.switchboard.bench.workload;

import dev.switchboard.bench.client.HttpConnections;
import dev.switchboard.bench.wire.PublishRequest;
import picocli.CommandLine.Option;

/** How events are posted: options common to the workloads that only publish. */
final class PostOptions {
  @Option(names = "--connections", defaultValue = "64", description = "default: ${DEFAULT-VALUE}")
  private int connectionCount;

  @Option(names = "--tenants", defaultValue = "100", description = "default: ${DEFAULT-VALUE}")
  private int tenantCount;

  @Option(
      names = "--bytes",
      defaultValue = "250",
      description = "length of the frame an event would become (default: ${DEFAULT-VALUE})")
  private int frameBytes;

  /** A loop that posts {@code perPost} events at a time to tenants of that workload. */
  PostLoop loop(NodeOptions node, String workload, int perPost) {
    PublishRequest request =
        new PublishRequest(node.endpoint(), node.tokens().service(), frameBytes);
    return new PostLoop(
        request, new Tenants(workload, tenantCount, node.tokens()).names(), perPost);
  }

  /** The connections that it posts on. */
  HttpConnections connections(NodeOptions node, PostLoop loop) {
    return new HttpConnections(node.endpoint(), connectionCount, loop);
  }
}
