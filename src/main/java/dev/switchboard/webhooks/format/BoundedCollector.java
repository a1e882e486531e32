package dev.switchboard.webhooks.format;

import com.samskivert.mustache.BasicCollector;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks variables up in maps and lists, and in nothing else: no reflection on the server's classes.
 * Counts the look-ups and refuses more than {@link #MAX_STEPS}. For one rendering.
 */
final class BoundedCollector extends BasicCollector {
  /** More than any message for people needs; some milliseconds of work. */
  static final int MAX_STEPS = 20_000;

  private int steps;

  @Override
  public @Nullable Iterator<?> toIterator(Object value) {
    step();
    return value instanceof List<?> list ? list.iterator() : super.toIterator(value);
  }

  @Override
  public Mustache.@Nullable VariableFetcher createFetcher(Object context, String name) {
    if (context instanceof Map) {
      return this::fetch;
    }
    return context instanceof List ? super.createFetcher(context, name) : null;
  }

  @Override
  public <K, V> Map<K, V> createFetcherCache() {
    return new HashMap<>();
  }

  private @Nullable Object fetch(Object context, String name) {
    step();
    Map<?, ?> members = (Map<?, ?>) context;
    return members.containsKey(name) ? members.get(name) : Template.NO_FETCHER_FOUND;
  }

  private void step() {
    if (++steps > MAX_STEPS) {
      throw new InvalidTemplateException(
          "needs more than " + MAX_STEPS + " look-ups for one body; nest fewer sections");
    }
  }
}
