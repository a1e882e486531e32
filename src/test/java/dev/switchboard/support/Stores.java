package dev.switchboard.support;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a test class a real Redis and a database of its own; registered as a static field. It never
 * skips: without servers the class fails. How they were found is logged once.
 */
public final class Stores implements BeforeAllCallback, AfterAllCallback {
  private static final Logger log = LoggerFactory.getLogger(Stores.class);
  private static final AtomicBoolean ANNOUNCED = new AtomicBoolean();

  private @Nullable TestRedis redis;
  private @Nullable TestPostgres postgres;

  @Override
  public void beforeAll(ExtensionContext context) {
    if (!ANNOUNCED.getAndSet(true)) {
      log.warn(
          "Test servers: Redis = {}, Postgres = {}", TestRedis.choice(), TestPostgres.choice());
    }
    redis = TestRedis.start();
    postgres = TestPostgres.create();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    redis().close();
  }

  /** The class's Redis. */
  public TestRedis redis() {
    return requireNonNull(redis, "register Stores as a static field");
  }

  /** The class's database. */
  public TestPostgres postgres() {
    return requireNonNull(postgres, "register Stores as a static field");
  }
}
