-- Circuit breakers that are not closed, as the nodes report them; each node has its own. Without
-- next_try_at the breaker is half open.

CREATE TABLE webhook_breakers (
  webhook_id  bigint      NOT NULL,
  node_id     uuid        NOT NULL,
  since       timestamptz NOT NULL,
  next_try_at timestamptz,
  seen_at     timestamptz NOT NULL,
  PRIMARY KEY (webhook_id, node_id)
);
COMMENT ON COLUMN webhook_breakers.seen_at IS 'renewed by the node; a row older than a minute counts no more';

-- Whether a delivery waits for a breaker rather than for its retry, so that it can be called as soon as the
-- breaker closes.
ALTER TABLE webhook_deliveries ADD COLUMN postponed boolean NOT NULL DEFAULT false;
