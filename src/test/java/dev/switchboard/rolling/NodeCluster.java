package dev.switchboard.rolling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.LoadBalancer.Ports;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Nodes from the fat jar, each on ports of its own that it keeps over restarts. */
final class NodeCluster implements AutoCloseable {
  private final List<Ports> ports;
  private final List<JsonObject> configs;
  private final List<TestNode> nodes;

  /** Starts so many nodes at once and waits for them. */
  NodeCluster(Stores stores, JsonObject sections, int count) {
    ports = Stream.generate(Ports::free).limit(count).toList();
    configs = IntStream.range(0, count).mapToObj(i -> config(stores, sections, i)).toList();
    List<CompletableFuture<TestNode>> starting =
        configs.stream()
            .map(config -> CompletableFuture.supplyAsync(() -> TestNode.startJar(config)))
            .toList();
    nodes = new ArrayList<>(starting.stream().map(CompletableFuture::join).toList());
  }

  private JsonObject config(Stores stores, JsonObject sections, int number) {
    JsonObject config = TestNode.config(stores).mergeIn(sections);
    config.getJsonObject("node").put("name", name(number));
    config
        .getJsonObject("http")
        .put("port", ports.get(number).http())
        .put("trustedProxies", new JsonArray().add("127.0.0.0/8"));
    config.getJsonObject("management").put("port", ports.get(number).management());
    return config;
  }

  /** Name of the node with that number, from 0. */
  static String name(int number) {
    return "node-" + (number + 1);
  }

  /** Ports of all nodes. */
  List<Ports> ports() {
    return ports;
  }

  int size() {
    return nodes.size();
  }

  TestNode node(int number) {
    return nodes.get(number);
  }

  /** Lets a node drain and end, and starts it again; returns when it is ready. */
  void restart(int number) {
    assertThat(nodes.get(number).terminate()).as("exit code of " + name(number)).isZero();
    nodes.set(number, TestNode.startJar(configs.get(number)));
  }

  @Override
  public void close() {
    nodes.forEach(TestNode::close);
  }
}
