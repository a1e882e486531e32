package dev.switchboard.tracing.opentelemetry;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.opentelemetry.api.common.AttributeKey;

/**
 * The attributes of spans: names of the semantic conventions, and our own. None has a payload, a
 * user, a topic or the path of a receiver's URL, which may be a secret.
 */
final class Attributes {
  static final AttributeKey<String> SYSTEM = stringKey("messaging.system");
  static final AttributeKey<String> OPERATION = stringKey("messaging.operation.name");
  static final AttributeKey<String> OPERATION_TYPE = stringKey("messaging.operation.type");
  static final AttributeKey<String> DESTINATION = stringKey("messaging.destination.name");
  static final AttributeKey<String> TEMPLATE = stringKey("messaging.destination.template");
  static final AttributeKey<String> MESSAGE_ID = stringKey("messaging.message.id");
  static final AttributeKey<Long> BATCH_COUNT = longKey("messaging.batch.message_count");
  static final AttributeKey<String> ERROR_TYPE = stringKey("error.type");

  static final AttributeKey<String> METHOD = stringKey("http.request.method");
  static final AttributeKey<Long> RESENDS = longKey("http.request.resend_count");
  static final AttributeKey<Long> STATUS = longKey("http.response.status_code");
  static final AttributeKey<String> SERVER = stringKey("server.address");
  static final AttributeKey<Long> PORT = longKey("server.port");
  static final AttributeKey<String> URL = stringKey("url.full");

  static final AttributeKey<String> TENANT = stringKey("switchboard.tenant.id");
  static final AttributeKey<String> TYPE = stringKey("switchboard.event.type");
  static final AttributeKey<Boolean> REPEATED = booleanKey("switchboard.event.repeated");
  static final AttributeKey<Long> DELIVERIES = longKey("switchboard.webhook.deliveries");
  static final AttributeKey<Long> WEBHOOK = longKey("switchboard.webhook.id");
  static final AttributeKey<Long> ATTEMPT = longKey("switchboard.webhook.attempt");
  static final AttributeKey<Long> ATTEMPTS = longKey("switchboard.webhook.attempts");
  static final AttributeKey<Long> SESSIONS = longKey("switchboard.sessions");
  static final AttributeKey<Long> SKIPPED_HUBS = longKey("switchboard.hubs.skipped");

  private Attributes() {}
}
