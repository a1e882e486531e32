package dev.switchboard.cli.client.simulation;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Random;

/** Who calls or chats: invented people, with telephone numbers that are reserved for fiction. */
record Customer(String name, String number, String city, String segment, String note) {
  private static final List<String> FIRST =
      List.of(
          "Amelia", "Bruno", "Chiara", "David", "Elif", "Farid", "Grace", "Hugo", "Ines", "Jonas",
          "Katja", "Liam", "Maya", "Noah", "Olga", "Paulo", "Ruth", "Samir", "Tessa", "Yuki");
  private static final List<String> LAST =
      List.of(
          "Abbott",
          "Bianchi",
          "Costa",
          "Dubois",
          "Eriksen",
          "Fischer",
          "Garcia",
          "Hansen",
          "Ivanova",
          "Jansen",
          "Kowalski",
          "Lopez",
          "Meyer",
          "Novak",
          "Okafor",
          "Petrov",
          "Quinn",
          "Rossi",
          "Silva",
          "Tanaka");
  private static final List<String> CITIES =
      List.of("Boston", "Chicago", "Denver", "Austin", "Seattle", "Portland", "Atlanta", "Madison");
  private static final List<String> SEGMENTS = List.of("Standard", "Standard", "Plus", "Business");
  private static final List<String> NOTES =
      List.of(
          "Called twice this week about the same order.",
          "Prefers to be called back after 5 pm.",
          "Asked for a copy of the last invoice.",
          "Return of two items is on its way.",
          "New customer, first order last month.",
          "Delivery address was changed yesterday.",
          "Waits for a replacement of the broken part.",
          "Renewal of the contract is due next month.");

  static Customer draw(Random random) {
    return new Customer(
        pick(FIRST, random) + " " + pick(LAST, random),
        "+1 %d 555 01%02d".formatted(201 + random.nextInt(700), random.nextInt(100)),
        pick(CITIES, random),
        pick(SEGMENTS, random),
        pick(NOTES, random));
  }

  static <T> T pick(List<T> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }

  JsonObject json() {
    return new JsonObject()
        .put("name", name)
        .put("city", city)
        .put("segment", segment)
        .put("note", note);
  }
}
