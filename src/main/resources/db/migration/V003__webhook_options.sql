-- What a webhook may ask for beyond its URL, its health, and the order and priority of deliveries.
-- Every column has a default, so that plain INSERTs of the first columns go on working.

ALTER TABLE webhooks
  ADD COLUMN version               bigint      NOT NULL DEFAULT 1,
  ADD COLUMN previous_secret       text,
  ADD COLUMN previous_secret_until timestamptz,
  ADD COLUMN ed25519_key           text,
  ADD COLUMN retry_schedule        jsonb,
  ADD COLUMN jitter_percent        integer     NOT NULL DEFAULT 0 CHECK (jitter_percent BETWEEN 0 AND 100),
  ADD COLUMN retry_client_errors   boolean     NOT NULL DEFAULT false,
  ADD COLUMN headers               jsonb       NOT NULL DEFAULT '{}',
  ADD COLUMN filter                jsonb,
  ADD COLUMN ordering              text        NOT NULL DEFAULT 'none' CHECK (ordering IN ('none', 'strict')),
  ADD COLUMN order_by              text        NOT NULL DEFAULT 'webhook',
  ADD COLUMN rate_limit            integer     CHECK (rate_limit BETWEEN 1 AND 100000),
  ADD COLUMN auto_disable          boolean     NOT NULL DEFAULT true,
  ADD COLUMN disabled_reason       text,
  ADD COLUMN disabled_at           timestamptz,
  ADD CONSTRAINT retry_schedule_is_a_list
    CHECK (retry_schedule IS NULL OR jsonb_typeof(retry_schedule) = 'array'),
  ADD CONSTRAINT headers_is_an_object CHECK (jsonb_typeof(headers) = 'object'),
  ADD CONSTRAINT filter_is_an_object CHECK (filter IS NULL OR jsonb_typeof(filter) = 'object');
COMMENT ON COLUMN webhooks.retry_schedule IS 'seconds to wait after each failed attempt; replaces retry_count';
COMMENT ON COLUMN webhooks.rate_limit IS 'calls per second of one node';
COMMENT ON COLUMN webhooks.order_by IS 'webhook, user, session, topic, or a JSON pointer into the payload';
COMMENT ON COLUMN webhooks.secret IS 'as given, or enc:v1:<key id>:<Base64> if an encryption key is configured';

-- A webhook that does not answer: since when, and how often. No row: healthy.
CREATE TABLE webhook_health (
  webhook_id    bigint      PRIMARY KEY,
  failing_since timestamptz NOT NULL DEFAULT now(),
  failures      bigint      NOT NULL,
  announced     boolean     NOT NULL DEFAULT false
);

-- Every change counts; whoever switches a webhook on again, be it by plain SQL, gives it a fresh start.
CREATE FUNCTION webhook_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  NEW.updated_at := now();
  IF NEW.is_active AND NOT OLD.is_active THEN
    NEW.disabled_reason := NULL;
    NEW.disabled_at := NULL;
    DELETE FROM webhook_health WHERE webhook_id = NEW.id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER webhook_updated BEFORE UPDATE ON webhooks
  FOR EACH ROW EXECUTE FUNCTION webhook_updated();

-- 0: live traffic; 1: asked for again, and served when no live delivery is due.
ALTER TABLE webhook_deliveries
  ADD COLUMN priority  smallint NOT NULL DEFAULT 0 CHECK (priority IN (0, 1)),
  ADD COLUMN order_key text;
DROP INDEX webhook_deliveries_due;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, priority, due_at)
  WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_ordered ON webhook_deliveries (webhook_id, order_key, id)
  WHERE order_key IS NOT NULL;

ALTER TABLE webhook_logs
  ADD COLUMN outcome text CHECK (outcome IN ('delivered', 'retrying', 'failed'));
CREATE INDEX webhook_logs_given_up ON webhook_logs (tenant_id, created_at DESC) WHERE outcome = 'failed';
