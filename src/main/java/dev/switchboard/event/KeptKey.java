package dev.switchboard.event;

/** The name of a state: its collection, and its key there; on the wire {@code collection/key}. */
public record KeptKey(String collection, String key) {
  private static final NameRule COLLECTION = NameRule.of("the name of a collection", 64, "._~-");
  private static final NameRule KEY =
      NameRule.startingAlphanumeric("the key of a kept event", 128, "._~@+-");

  /**
   * Checks both names.
   *
   * @throws InvalidNameException if one is malformed
   */
  public KeptKey {
    collection = requireCollection(collection);
    key = KEY.require(key);
  }

  /**
   * Reads the wire form.
   *
   * @throws InvalidNameException if the text is malformed
   */
  public static KeptKey parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new InvalidNameException("must be collection/key, such as queues/support");
    }
    return new KeptKey(text.substring(0, slash), text.substring(slash + 1));
  }

  /**
   * Returns the name of a collection.
   *
   * @throws InvalidNameException if it is malformed
   */
  public static String requireCollection(String name) {
    if (name.equals(".") || name.equals("..")) {
      throw new InvalidNameException("the name of a collection must not be . or ..");
    }
    return COLLECTION.require(name);
  }

  @Override
  public String toString() {
    return collection + "/" + key;
  }
}
