package dev.switchboard.auth;

import java.util.Set;

/**
 * The rights of a person, by the role in its token.
 *
 * @param see events it may receive, live and in replay
 * @param publish events it may publish
 * @param topics topics it may follow and publish to
 * @param kept collections of kept events it may follow and read
 * @param scopes parts of the API it may use in its own tenant
 */
public record Role(
    String name,
    TypeRule see,
    TypeRule publish,
    TopicRule topics,
    CollectionRule kept,
    Set<Scope> scopes) {
  public Role {
    scopes = Set.copyOf(scopes);
  }

  /** A role that may follow no kept events. */
  public Role(String name, TypeRule see, TypeRule publish, TopicRule topics, Set<Scope> scopes) {
    this(name, see, publish, topics, CollectionRule.NONE, scopes);
  }
}
