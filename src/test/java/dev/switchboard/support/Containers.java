package dev.switchboard.support;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** Servers in containers, where an engine answers; asked once. */
final class Containers {
  private static final boolean AVAILABLE = ask();

  private Containers() {}

  static boolean available() {
    return AVAILABLE;
  }

  private static boolean ask() {
    if (System.getenv("SWITCHBOARD_TEST_REDIS") != null
        && System.getenv("SWITCHBOARD_TEST_POSTGRES") != null) {
      return false;
    }
    try {
      return DockerClientFactory.instance().isDockerAvailable();
    } catch (RuntimeException | LinkageError noEngine) {
      return false;
    }
  }

  @SuppressWarnings("resource") // Closed by the test class that asked for it.
  static TestRedis redis() {
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse("redis:7-alpine")).withExposedPorts(6379);
    container.start();
    return TestRedis.at(container.getHost(), container.getMappedPort(6379), container::stop);
  }

  @SuppressWarnings("resource") // Lives as long as the tests; the engine's reaper removes it.
  static TestPostgres.Address postgres() {
    PostgreSQLContainer container =
        new PostgreSQLContainer(DockerImageName.parse("postgres:17-alpine"));
    container.start();
    return new TestPostgres.Address(
        container.getHost(),
        container.getMappedPort(5432),
        container.getUsername(),
        container.getPassword());
  }
}
