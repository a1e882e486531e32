package dev.switchboard.client;

import dev.switchboard.client.model.Event;
import dev.switchboard.client.model.KeptCollection;
import dev.switchboard.client.model.LoadRequest;
import dev.switchboard.client.model.Names;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A program that writes what a client is given to standard output, one line each, its members
 * separated by tabs: {@code begin position} whenever it has loaded, {@code event id topic event_id
 * type}, and {@code kept key=id …} for each line on standard input. {@code scripts/client model}
 * runs it from its source.
 */
public final class ModelFollower {
  private ModelFollower() {}

  /**
   * The arguments: address, token, patterns, topics, collections; the last three comma-separated.
   */
  public static void main(String[] args) throws IOException {
    List<String> collections = list(args[4]);
    SwitchboardClient client =
        SwitchboardClient.builder(URI.create(args[0]))
            .token(args[1])
            .names(new Names(list(args[2]), list(args[3]), List.of(), collections))
            .load(ModelFollower::load)
            .onError(failure -> {})
            .build();
    Runnable unused = client.on("*", ModelFollower::print);
    client.connect();
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (orders.readLine() != null) {
      print("kept", kept(client, collections));
    }
  }

  private static List<String> list(String text) {
    return List.of(text.split(","));
  }

  private static CompletionStage<?> load(LoadRequest request) {
    return CompletableFuture.runAsync(
        () -> {
          if (ThreadLocalRandom.current().nextInt(5) == 0) {
            throw new IllegalStateException("load failed");
          }
          if (!request.cancelled().getAsBoolean()) {
            print("begin", List.of(request.position()));
          }
        },
        CompletableFuture.delayedExecutor(
            ThreadLocalRandom.current().nextInt(300), TimeUnit.MILLISECONDS));
  }

  private static void print(Event event) {
    String id = event.id();
    if (id != null) {
      String topic = event.topic() == null ? "" : event.topic();
      print("event", List.of(id, topic, String.valueOf(event.eventId()), event.type()));
    }
  }

  private static List<String> kept(SwitchboardClient client, List<String> collections) {
    List<String> entries = new ArrayList<>();
    for (String name : collections) {
      KeptCollection collection = client.kept(name);
      if (!collection.isComplete()) {
        return List.of(name + "=not complete: " + client.status());
      }
      collection.events().forEach((key, event) -> entries.add(name + "/" + key + "=" + event.id()));
    }
    return entries;
  }

  private static void print(String word, List<String> members) {
    List<String> all = new ArrayList<>(List.of(word));
    all.addAll(members);
    System.out.println(String.join("\t", all));
  }
}
