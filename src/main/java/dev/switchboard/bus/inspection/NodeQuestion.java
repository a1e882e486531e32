package dev.switchboard.bus.inspection;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import org.jspecify.annotations.Nullable;

/** A question that one node asks all nodes, itself included. */
public sealed interface NodeQuestion {
  /** Identifies the question; its answers name it. */
  String id();

  /** Name of the node that asks. */
  String askedBy();

  /** Which live sessions has the user? */
  record SessionsOfUser(String id, String askedBy, TenantId tenant, UserId user)
      implements NodeQuestion {}

  /**
   * What was refused lately?
   *
   * @param tenant whose refusals are asked for; null: all, also those of unknown callers
   */
  record Refusals(String id, String askedBy, @Nullable TenantId tenant) implements NodeQuestion {}
}
