package dev.switchboard.api.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.api.http.ProblemException;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.QueriedContext;
import io.vertx.ext.web.RoutingContext;

/** Query strings of a trace: one is read within its limits, or refused with a message. */
class TraceQueryFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    QueriedContext.of(text(input)).ifPresent(TraceQueryFuzzTest::checkQuery);
  }

  private static void checkQuery(RoutingContext context) {
    try {
      TraceQuery.PARAMETERS.check(context.queryParams());
      TraceQuery query = TraceQuery.of(context, "callcenter");
      assertThat(query.filter().patterns()).hasSizeLessThanOrEqualTo(50);
      assertThat(query.topics().named().size() + query.topics().prefixes().size())
          .isLessThanOrEqualTo(20);
    } catch (InvalidNameException | ProblemException refused) {
      assertThat(refused).message().isNotEmpty();
    }
  }
}
