package dev.switchboard.ingest;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.switchboard.event.TenantId;
import dev.switchboard.inbox.InboxRoom;
import dev.switchboard.inbox.InboxStore;
import dev.switchboard.ingest.PreparedEvent.Failed;
import dev.switchboard.ingest.PreparedEvent.Refused;
import dev.switchboard.ingest.PreparedEvent.Reserved;
import dev.switchboard.redis.LimitReachedException;
import dev.switchboard.redis.TenantShare;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Reserves room for the inbox messages of several events: one call for each tenant. What one tenant
 * is refused does not concern the others.
 *
 * @param inbox of the same event loop
 */
record RoomReservation(InboxStore inbox) {
  /** Events that are reserved for together. */
  private record Group(TenantId tenant, TenantShare share) {
    static Group of(PreparedEvent event) {
      return new Group(event.draft().event().tenant(), event.draft().share());
    }
  }

  /** Replaces each event that can't have its room by one that is refused; never fails. */
  Future<List<PreparedEvent>> reserve(List<PreparedEvent> events) {
    List<PreparedEvent> results = new ArrayList<>(events);
    Map<Group, List<Integer>> groups =
        IntStream.range(0, events.size())
            .boxed()
            .filter(index -> events.get(index) instanceof Reserved)
            .collect(groupingBy(index -> Group.of(events.get(index)), HashMap::new, toList()));
    List<Future<?>> calls = new ArrayList<>(groups.size());
    groups.forEach((group, indexes) -> calls.add(reserve(group, indexes, results)));
    return Future.join(calls).otherwiseEmpty().map(results);
  }

  private Future<?> reserve(Group group, List<Integer> indexes, List<PreparedEvent> results) {
    List<InboxRoom> rooms =
        indexes.stream().map(index -> room((Reserved) results.get(index))).toList();
    return inbox
        .reserve(group.tenant(), group.share(), rooms)
        .onSuccess(refusals -> refuse(indexes, refusals, results))
        .onFailure(
            failure ->
                indexes.forEach(
                    index -> results.set(index, new Failed(results.get(index).draft(), failure))));
  }

  private static InboxRoom room(Reserved event) {
    return new InboxRoom(event.user(), event.draft().body().length);
  }

  private static void refuse(
      List<Integer> indexes,
      List<Optional<LimitReachedException>> refusals,
      List<PreparedEvent> results) {
    for (int i = 0; i < indexes.size(); i++) {
      int index = indexes.get(i);
      refusals
          .get(i)
          .ifPresent(
              refusal ->
                  results.set(index, new Refused(results.get(index).draft(), refusal.limit())));
    }
  }
}
