package dev.switchboard.node;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;

/** Deploys verticles and has the shutdown sequence undeploy them. */
record VerticleDeployer(Vertx vertx, ShutdownSequence shutdown) {
  /**
   * Deploys {@code verticle} once {@code after} has succeeded, and not at all if it fails.
   *
   * @param name names the step of the shutdown
   */
  Future<?> deploy(String name, Future<?> after, VerticleBase verticle) {
    Future<String> deployed = after.compose(ready -> vertx.deployVerticle(verticle));
    shutdown.addWhenStarted(name, deployed, vertx::undeploy);
    return deployed;
  }
}
