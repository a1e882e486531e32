package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.cli.RekeyCommand;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.webhooks.signing.WebhookVerifier;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Webhooks whose secrets are sealed, while nodes have different keys. */
class KeyChangeIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String OLD = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final String NEW = "new:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";
  private static final String SECRET = "your-secret-key";

  @TempDir Path directory;

  /**
   * What a node held when it was stopped is called when its lease has ended: with these settings
   * before a receiver is waited for in vain.
   */
  private static JsonObject config(String keys) {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("webhooks").put("leaseMargin", "2s");
    return config.put("encryption", new JsonObject().put("keys", keys));
  }

  @AfterEach
  void deleteWebhooks() {
    stores.postgres().execute("DELETE FROM webhooks");
  }

  @Test
  void nodeWithoutTheKeyOwesTheCallsAndLeavesThemToANodeThatHasIt() throws Exception {
    try (WebhookReceiver receiver = new WebhookReceiver();
        TestNode lacking = TestNode.start(config(OLD))) {
      long webhook;
      try (TestNode having = TestNode.start(config(NEW + "," + OLD))) {
        webhook = register(having, "one", receiver.url());
      }
      Waiting.until("the webhook is known", () -> publish(lacking, "one", "e-0") == 1);
      for (int i = 1; i < 10; i++) {
        assertThat(publish(lacking, "one", "e-" + i)).isEqualTo(1);
      }
      String id = Long.toString(webhook);

      JsonObject health = new JsonObject(lacking.manage("/health/ready").body());
      assertThat(health.getString("status")).isEqualTo("ready");
      assertThat(health.getJsonObject("problems").getString("webhooks"))
          .contains("can't decrypt a secret of webhook " + id);
      assertThat(lacking.manage("/metrics").body())
          .contains("switchboard_webhooks_unusable{cause=\"key\"} 1.0");
      assertThat(lacking.get("/api/v1/webhooks/" + id, TestTokens.service()).body())
          .contains("no encryption key with the id new is configured");
      assertThat(receiver.unread()).isZero();

      try (TestNode having = TestNode.start(config(NEW + "," + OLD))) {
        Set<String> called = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 10; i++) {
          called.add(verified(receiver.next(), "1"));
        }

        assertThat(called).hasSize(10);
        assertThat(publish(lacking, "one", "e-10")).isEqualTo(1);
        assertThat(verified(receiver.next(), "1")).isEqualTo("e-10");
        JsonObject problems =
            new JsonObject(having.manage("/health/ready").body())
                .getJsonObject("problems", new JsonObject());
        assertThat(problems.fieldNames()).doesNotContain("webhooks");
      }
    }
  }

  @Test
  void keyIsChangedOnThreeNodesWhileEveryCallIsMadeOnce() throws Exception {
    AtomicReferenceArray<@Nullable TestNode> nodes = new AtomicReferenceArray<>(3);
    try (WebhookReceiver receiver = new WebhookReceiver();
        Producer producer = new Producer(nodes)) {
      roll(nodes, producer, OLD);
      long unused = register(started(nodes, 0), "before", receiver.url());
      awaitKnown(nodes, producer, "before");
      roll(nodes, producer, OLD + "," + NEW);
      replace(nodes, producer, 0, NEW + "," + OLD);
      long unusedToo = register(started(nodes, 0), "meanwhile", receiver.url());
      awaitKnown(nodes, producer, "meanwhile");
      roll(nodes, producer, NEW + "," + OLD);
      assertThat(rekey(NEW + "," + OLD)).contains("1 webhooks changed");
      assertThat(rekey(NEW + "," + OLD)).contains("0 webhooks changed");
      roll(nodes, producer, NEW);
      producer.close();

      List<String> called = new ArrayList<>();
      while (called.size() < producer.accepted.size()) {
        called.add(verified(receiver.next(), null));
      }
      assertThat(called).containsExactlyInAnyOrderElementsOf(producer.accepted);
      assertThat(receiver.unread()).isZero();
      assertThat(producer.faults).isEmpty();
    } finally {
      for (int i = 0; i < nodes.length(); i++) {
        close(nodes.getAndSet(i, null));
      }
    }
  }

  /** Replaces one node after the other; events are accepted between. */
  private static void roll(
      AtomicReferenceArray<@Nullable TestNode> nodes, Producer producer, String keys) {
    for (int i = 0; i < nodes.length(); i++) {
      replace(nodes, producer, i, keys);
    }
  }

  private static void replace(
      AtomicReferenceArray<@Nullable TestNode> nodes, Producer producer, int index, String keys) {
    close(nodes.getAndSet(index, null));
    nodes.set(index, TestNode.start(config(keys)));
    int before = producer.accepted.size();
    Waiting.until(
        "events are accepted with the new node",
        Duration.ofMinutes(1),
        () -> producer.tenants.isEmpty() || producer.accepted.size() >= before + 5);
  }

  private static void close(@Nullable TestNode node) {
    if (node != null) {
      node.close();
    }
  }

  private static TestNode started(AtomicReferenceArray<@Nullable TestNode> nodes, int index) {
    TestNode node = nodes.get(index);
    if (node == null) {
      throw new IllegalStateException("node " + index + " is down");
    }
    return node;
  }

  /** From then on each event of the tenant owes one call, at whichever node it is accepted. */
  private static void awaitKnown(
      AtomicReferenceArray<@Nullable TestNode> nodes, Producer producer, String tenant) {
    for (int i = 0; i < nodes.length(); i++) {
      TestNode node = started(nodes, i);
      String id = tenant + "-first-" + i;
      Waiting.until("the webhook is known", () -> publish(node, tenant, id) == 1);
      producer.accepted.add(id);
    }
    producer.tenants.add(tenant);
  }

  private String rekey(String keys) throws Exception {
    Path file = Files.writeString(directory.resolve("switchboard.json"), config(keys).encode());
    StringWriter out = new StringWriter();
    int exitCode =
        new CommandLine(new RekeyCommand())
            .setOut(new PrintWriter(out))
            .execute("--config", file.toString());
    assertThat(exitCode).isZero();
    return out.toString();
  }

  private static long register(TestNode node, String tenant, String url) {
    JsonObject webhook =
        new JsonObject()
            .put("tenant_id", tenant)
            .put("name", "mine")
            .put("url", url)
            .put("timeout", 5)
            .put("secret", SECRET);
    HttpResponse<String> saved =
        node.post("/api/v1/webhooks", webhook.encode(), TestTokens.service());
    assertThat(saved.statusCode()).as(saved.body()).isEqualTo(201);
    return new JsonObject(saved.body()).getLong("id");
  }

  private static int publish(TestNode node, String tenant, String id) {
    return node.publish(event(tenant, id)).getInteger("deliveries");
  }

  private static JsonObject event(String tenant, String id) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", "call.incoming")
        .put("event_id", id)
        .put("payload", new JsonObject());
  }

  /** The id of the event of a call that has a valid signature. */
  private static String verified(WebhookReceiver.Call call, @Nullable String attempt) {
    assertThat(WebhookVerifier.legacy(SECRET).verifies(call.body(), call.headers()::getFirst))
        .isTrue();
    if (attempt != null) {
      assertThat(call.header("X-Webhook-Attempt")).isEqualTo(attempt);
    }
    return call.header("X-Webhook-Event-ID");
  }

  /** Publishes events of each tenant at the nodes in turn, and repeats what was not accepted. */
  private static final class Producer implements AutoCloseable {
    private static final Duration BETWEEN_EVENTS = Duration.ofMillis(10);
    private static final int ACCEPTED = 202;

    final List<String> tenants = new CopyOnWriteArrayList<>();
    final Set<String> accepted = ConcurrentHashMap.newKeySet();
    final List<String> faults = new CopyOnWriteArrayList<>();
    private final AtomicReferenceArray<@Nullable TestNode> nodes;
    private final Thread thread = new Thread(this::produce, "producer");
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean stopped;
    private int turn;

    Producer(AtomicReferenceArray<@Nullable TestNode> nodes) {
      this.nodes = nodes;
      thread.setDaemon(true);
      thread.start();
    }

    private void produce() {
      try {
        for (int n = 0; !stopped; n++) {
          for (String tenant : tenants) {
            publish(tenant, tenant + "-" + n);
          }
          LockSupport.parkNanos(BETWEEN_EVENTS.toNanos());
        }
      } catch (RuntimeException e) {
        failure.set(e);
      }
    }

    private void publish(String tenant, String id) {
      while (!accepts(nodes.get(turn++ % nodes.length()), tenant, id)) {
        LockSupport.parkNanos(BETWEEN_EVENTS.toNanos());
      }
      accepted.add(id);
    }

    private boolean accepts(@Nullable TestNode node, String tenant, String id) {
      if (node == null) {
        return false;
      }
      try {
        HttpResponse<String> answer =
            node.post("/api/v1/events", event(tenant, id).encode(), TestTokens.service());
        if (answer.statusCode() != ACCEPTED) {
          return false;
        }
        if (new JsonObject(answer.body()).getInteger("deliveries") != 1) {
          faults.add(answer.body());
        }
        return true;
      } catch (UncheckedIOException unreachable) {
        return false;
      }
    }

    /** Ends when the event in hand was accepted. */
    @Override
    public void close() {
      stopped = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      assertThat(failure.get()).isNull();
    }
  }
}
