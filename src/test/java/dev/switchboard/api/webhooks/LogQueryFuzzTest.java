package dev.switchboard.api.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.api.http.ProblemException;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.QueriedContext;
import dev.switchboard.postgres.StorableText;
import dev.switchboard.webhooks.admin.LogQuery;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Query strings of the log of attempts: one is refused with a message, or all of it can be compared
 * with what Postgres stores.
 */
class LogQueryFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    QueriedContext.of(text(input)).ifPresent(LogQueryFuzzTest::checkQuery);
  }

  private static void checkQuery(RoutingContext context) {
    LogQuery query;
    try {
      query = WebhookLogRoutes.query(context, null);
    } catch (InvalidNameException | ProblemException refused) {
      assertThat(refused).message().isNotEmpty();
      return;
    }
    assertThat(query.limit()).isBetween(1, 500);
    assertThat(Stream.of(query.event(), query.error(), query.eventId()))
        .allMatch(text -> text == null || StorableText.isStorable(text));
    assertInLog(query.since());
    assertInLog(query.until());
    LogQuery.Cursor before = query.before();
    assertInLog(before == null ? null : before.createdAt());
  }

  private static void assertInLog(@Nullable Instant time) {
    assertThat(time == null || LogQuery.isInLog(time)).isTrue();
  }
}
