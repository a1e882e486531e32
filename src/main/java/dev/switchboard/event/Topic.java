package dev.switchboard.event;

/**
 * A channel that users define below the prefix, such as {@code callcenter:custom:alerts}. Tenants
 * share the channel, but each has a log of its own for it.
 */
public record Topic(String value) {
  private static final NameRule RULE = NameRule.of("a topic", 200, "._~:-");
  private static final String[] RESERVED_FAMILIES = {
    "agents:", "calls:", "queues:", "online:", "presence:", "offline:"
  };

  /**
   * Checks the alphabet and length; {@link #under} checks the prefix as well.
   *
   * @throws InvalidNameException if the text is not a topic
   */
  public Topic {
    value = RULE.require(value);
  }

  /**
   * Makes a topic that a client names.
   *
   * @param prefix the deployment's prefix, without its colon
   * @throws InvalidNameException if it is outside the prefix or one of the reserved channels
   */
  public static Topic under(String prefix, String text) {
    Topic topic = new Topic(text);
    if (!text.startsWith(prefix + ":") || text.length() == prefix.length() + 1) {
      throw new InvalidNameException(
          "a topic starts with \"" + prefix + ":\" and a name of your own");
    }
    String rest = text.substring(prefix.length() + 1);
    if (rest.equals("events")) {
      throw new InvalidNameException("\"" + text + "\" is a standard channel; leave out the topic");
    }
    for (String family : RESERVED_FAMILIES) {
      if (rest.startsWith(family)) {
        throw new InvalidNameException(
            "topics below \"" + prefix + ":" + family + "\" are reserved; choose another name");
      }
    }
    return topic;
  }

  @Override
  public String toString() {
    return value;
  }
}
