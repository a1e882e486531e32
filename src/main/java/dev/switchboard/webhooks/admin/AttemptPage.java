package dev.switchboard.webhooks.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the log, newest first.
 *
 * @param next where the next page begins; null if there is none
 */
public record AttemptPage(List<LoggedAttempt> attempts, LogQuery.@Nullable Cursor next) {
  public AttemptPage {
    attempts = List.copyOf(attempts);
  }
}
