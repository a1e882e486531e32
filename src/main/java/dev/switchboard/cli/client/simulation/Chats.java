package dev.switchboard.cli.client.simulation;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Chats with the agent of the desktop: visitors who are invented and say their lines one by one,
 * and people who use the visitor's page. A visitor who gets no answer from a person gets one from
 * here.
 */
final class Chats {
  private static final Duration LASTS = Duration.ofMinutes(15);
  private static final int MOST = 3;
  private static final List<List<String>> LINES =
      List.of(
          List.of(
              "Hi, my parcel should have arrived yesterday.",
              "The order number is 40418.",
              "Great, thanks for looking it up!"),
          List.of(
              "Hello! Does the trail jacket run small?",
              "I am 1.82 m and usually wear M.",
              "Perfect, I will order L then."),
          List.of(
              "I was charged twice for my last order.",
              "It is invoice 2210, from Monday.",
              "Thank you, that was quick."),
          List.of(
              "Can I change the delivery address?",
              "To 12 Elm Street, please.",
              "You saved my day!"));
  private static final List<String> ANSWERS =
      List.of(
          "Good morning! Let me have a look.",
          "Thank you, I found it. One moment please.",
          "Done. Is there anything else I can do?",
          "You are welcome, have a nice day!");

  private final Timeline timeline;
  private final Announcements announcements;
  private final Map<String, Chat> open = new HashMap<>();

  Chats(Timeline timeline, Announcements announcements) {
    this.timeline = timeline;
    this.announcements = announcements;
  }

  private static final class Chat {
    private final String id;
    private final String name;
    private final String since;

    /** What an invented visitor has still to say; empty for a person. */
    private final Deque<String> lines;

    private final boolean invented;
    private int answers;
    private long turn;

    Chat(String id, String name, String since, List<String> lines) {
      this.id = id;
      this.name = name;
      this.since = since;
      this.lines = new ArrayDeque<>(lines);
      this.invented = !lines.isEmpty();
    }

    JsonObject json(String state) {
      return new JsonObject()
          .put("session_id", id)
          .put("name", name)
          .put("user_id", ContactCentre.OWN_AGENT)
          .put("since", since)
          .put("state", state);
    }
  }

  /** Starts visitors and messages. */
  void open() {
    timeline.after(timeline.between(2, 4), this::visit);
    timeline.after(timeline.between(5, 10), this::remind);
  }

  private void visit() {
    timeline.after(timeline.between(15, 40), this::visit);
    if (open.values().stream().filter(chat -> chat.invented).count() < MOST) {
      Customer customer = Customer.draw(timeline.random());
      UUID id = new UUID(timeline.random().nextLong(), timeline.random().nextLong());
      say(begin("chat-" + id, customer.name(), Customer.pick(LINES, timeline.random())));
    }
  }

  private Chat begin(String id, String name, List<String> lines) {
    Chat chat = new Chat(id, name, timeline.now().toString(), lines);
    open.put(id, chat);
    announcements.keep("chat.assigned", "chats", id, LASTS, chat.json("open"));
    return chat;
  }

  /** The visitor says the next line, or leaves. */
  private void say(Chat chat) {
    String line = chat.lines.poll();
    if (line == null) {
      end(chat);
    } else {
      announcements.inChat(chat.id, message(line, chat.name, "visitor"));
      awaitAnswer(chat);
    }
  }

  private static JsonObject message(String text, String name, String from) {
    return new JsonObject().put("text", text).put("name", name).put("from", from);
  }

  /** Answers by itself if the person at the desktop does not. */
  private void awaitAnswer(Chat chat) {
    plan(chat, timeline.between(12, 18), () -> answer(chat));
  }

  private void answer(Chat chat) {
    String text = ANSWERS.get(Math.min(chat.answers++, ANSWERS.size() - 1));
    announcements.inChat(chat.id, message(text, "Ana Torres", "agent"));
    answered(chat);
  }

  private void answered(Chat chat) {
    chat.turn++;
    if (chat.invented) {
      plan(chat, timeline.between(4, 8), () -> say(chat));
    }
  }

  private void end(Chat chat) {
    open.remove(chat.id);
    announcements.forget("chat.ended", "chats", chat.id, chat.json("ended"));
  }

  private void plan(Chat chat, Duration delay, Runnable action) {
    long turn = ++chat.turn;
    timeline.after(
        delay,
        () -> {
          if (chat.turn == turn && open.containsKey(chat.id)) {
            action.run();
          }
        });
  }

  /** A message that a person wrote, at the desktop or on a visitor's page. */
  void hear(JsonObject event) {
    String id = event.getString("session_id");
    if (id == null) {
      return;
    }
    Chat chat = open.get(id);
    Sender sender = Sender.of(event);
    if (sender == null) {
      return;
    }
    if (sender.isUser()) {
      if (chat != null) {
        chat.answers++;
        answered(chat);
      }
    } else {
      awaitAnswer(chat == null ? begin(id, nameIn(event), List.of()) : chat);
    }
  }

  private static String nameIn(JsonObject event) {
    return event.getValue("payload") instanceof JsonObject payload
            && payload.getValue("name") instanceof String name
        ? name
        : "Visitor";
  }

  /** Puts a task into the agent's inbox. */
  private void remind() {
    timeline.after(timeline.between(35, 70), this::remind);
    Customer customer = Customer.draw(timeline.random());
    announcements.forUser(
        ContactCentre.OWN_AGENT,
        new JsonObject()
            .put("title", "Call back " + customer.name())
            .put("text", customer.note())
            .put("number", customer.number()));
  }
}
