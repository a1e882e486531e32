package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.switchboard.auth.AuthException.Check;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** What an operator reads about refused tokens. */
class RefusalLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final AtomicLong nanos = new AtomicLong();
  private final RefusalLog log = new RefusalLog(nanos::get);

  @BeforeEach
  void listen() {
    logger.setLevel(Level.INFO);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
  }

  @Test
  void eachFailedCheckIsLoggedOnceAMinuteWithTheNumberOfTheOthers() {
    for (int i = 0; i < 5; i++) {
      log.refused(AuthException.refused(Check.AUDIENCE, "of another audience"));
      log.refused(AuthException.refused(Check.EXPIRY, "expired"));
      log.refused(AuthException.refused("not a token"));
      log.refused(new IllegalStateException("a bug"));
    }
    assertThat(lines.list).extracting(this::check).containsExactly("audience", "expiry");

    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    log.refused(AuthException.refused(Check.EXPIRY, "expired"));

    assertThat(lines.list).hasSize(3);
    assertThat(lines.list.get(2).getKeyValuePairs())
        .contains(new KeyValuePair("refusedBefore", 4L));
  }

  private Object check(ILoggingEvent line) {
    return line.getKeyValuePairs().get(0).value;
  }
}
