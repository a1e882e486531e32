package dev.switchboard.event;

/**
 * The name of a state: its collection, and its key there; on the wire {@code collection/key}. A key
 * may be what a user id may be, so that a user can have a state.
 */
public record KeptKey(String collection, String key) {
  private static final NameRule COLLECTION = NameRule.of("the name of a collection", 64, "._~-");
  private static final NameRule KEY =
      NameRule.of("the key of a kept event", 128, UserId.PUNCTUATION);

  /**
   * Checks both names.
   *
   * @throws InvalidNameException if one is malformed
   */
  public KeptKey {
    collection = requireCollection(collection);
    key = requireNoDots("the key of a kept event", KEY.require(key));
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
    return requireNoDots("the name of a collection", COLLECTION.require(name));
  }

  /** Such a name can't be in a path. */
  private static String requireNoDots(String kind, String name) {
    if (name.equals(".") || name.equals("..")) {
      throw new InvalidNameException(kind + " must not be . or ..");
    }
    return name;
  }

  @Override
  public String toString() {
    return collection + "/" + key;
  }
}
