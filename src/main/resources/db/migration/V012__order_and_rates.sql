-- Deliveries parked behind an older one of their key are due at infinity, where no claim looks. They
-- are found again by key.
CREATE INDEX webhook_deliveries_parked ON webhook_deliveries (webhook_id, order_key)
  WHERE state = 'waiting' AND due_at = 'infinity';

-- One bucket of calls per rate, shared by all nodes. Updated in place and often: room on the page keeps
-- that cheap.
CREATE TABLE webhook_rates (
  scope      text             PRIMARY KEY,
  per_second integer          NOT NULL CHECK (per_second > 0),
  burst      integer          NOT NULL CHECK (burst > 0),
  wanted     integer          NOT NULL,
  granted    integer          NOT NULL,
  calls      double precision NOT NULL,
  filled_at  timestamptz      NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01);
COMMENT ON COLUMN webhook_rates.scope IS 'webhook:<id> or tenant:<id>';
COMMENT ON COLUMN webhooks.rate_limit IS 'calls per second, over all nodes';
