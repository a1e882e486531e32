package dev.switchboard.support;

import io.vertx.core.json.jackson.JacksonCodec;
import io.vertx.core.spi.JsonFactory;
import io.vertx.core.spi.json.JsonCodec;

/**
 * The JSON codec that the product runs with. Test libraries bring a larger Jackson, which Vert.x
 * would otherwise pick, so that tests in this process would run on other code than the jar does.
 */
public final class PlainJson implements JsonFactory {
  @Override
  public JsonCodec codec() {
    return new JacksonCodec();
  }
}
