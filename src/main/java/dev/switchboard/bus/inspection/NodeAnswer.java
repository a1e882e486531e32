package dev.switchboard.bus.inspection;

import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * One node's answer to a {@link NodeQuestion}.
 *
 * @param question its id
 * @param node name of the node that answers
 * @param items what was asked for
 * @param truncated whether there is more, or a part of the node did not answer in time
 */
public record NodeAnswer(String question, String node, List<JsonObject> items, boolean truncated) {
  public NodeAnswer {
    items = List.copyOf(items);
  }
}
