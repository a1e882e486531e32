-- What the API asks of a month of logs: totals of a webhook from its index alone, the failed
-- attempts of a webhook, and everything about one event.

DROP INDEX webhook_logs_by_webhook;
CREATE INDEX webhook_logs_by_webhook ON webhook_logs (webhook_id, created_at DESC)
  INCLUDE (response_code, duration_ms, outcome);
CREATE INDEX webhook_logs_undelivered ON webhook_logs (webhook_id, created_at DESC)
  WHERE outcome <> 'delivered';
CREATE INDEX webhook_logs_by_event ON webhook_logs (event_id, webhook_id);
