package dev.switchboard.api.inspect;

import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.signin.QueryParameters;
import dev.switchboard.sessions.trace.TextFilter;
import dev.switchboard.sessions.trace.TraceFilter;
import dev.switchboard.sessions.trace.TracedTopics;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The query of a trace.
 *
 * @param topics whose events are to be shown
 */
record TraceQuery(TraceFilter filter, TracedTopics topics) {
  static final QueryParameters PARAMETERS =
      new QueryParameters(Set.of("user", "session", "text"), Set.of("type", "topic"));

  private static final int MAX_PATTERNS = 50;
  private static final int MAX_TOPICS = 20;
  private static final int MAX_TEXT = 200;
  private static final String WILDCARD = "*";

  /** Reads the query; topics begin with the prefix. */
  static TraceQuery of(RoutingContext context, String topicPrefix) {
    List<EventPattern> patterns = list(context, "type", MAX_PATTERNS, EventPattern::new);
    List<String> topics = list(context, "topic", MAX_TOPICS, name -> name);
    String user = RequestInput.parameter(context, "user");
    String session = RequestInput.parameter(context, "session");
    String text = RequestInput.parameter(context, "text");
    if (text != null && text.length() > MAX_TEXT) {
      throw ProblemException.badRequest("text must have at most " + MAX_TEXT + " characters");
    }
    TraceFilter filter =
        new TraceFilter(
            patterns,
            user == null ? null : new UserId(user),
            session == null ? null : new ChatSessionId(session),
            text == null ? null : new TextFilter(text));
    return new TraceQuery(filter, traced(topics, topicPrefix));
  }

  /** A name that ends with an asterisk stands for all topics that begin so. */
  private static TracedTopics traced(List<String> topics, String topicPrefix) {
    List<Topic> named =
        topics.stream()
            .filter(name -> !name.endsWith(WILDCARD))
            .map(name -> Topic.under(topicPrefix, name))
            .toList();
    List<String> prefixes =
        topics.stream()
            .filter(name -> name.endsWith(WILDCARD))
            .map(name -> name.substring(0, name.length() - WILDCARD.length()))
            .toList();
    return new TracedTopics(named, prefixes);
  }

  private static <T> List<T> list(
      RoutingContext context, String name, int max, Function<String, T> parse) {
    List<T> values =
        context.queryParam(name).stream()
            .flatMap(field -> Arrays.stream(field.split(",")))
            .filter(value -> !value.isEmpty())
            .map(parse)
            .distinct()
            .toList();
    if (values.size() > max) {
      throw ProblemException.badRequest("give at most " + max + " values of " + name);
    }
    return values;
  }
}
