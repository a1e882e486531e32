-- What is owed can be cancelled. A call under way can't be taken back, so its row is only marked: the
-- attempt is logged as every other, and nothing follows it.

ALTER TABLE webhook_deliveries ADD COLUMN cancelled boolean NOT NULL DEFAULT false;

-- One UPDATE cancels whatever state a row is in, so that no row slips through between two statements:
-- what waits leaves here, and so does what a node gives back uncalled.
CREATE FUNCTION drop_cancelled_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM webhook_deliveries WHERE id = NEW.id AND state = 'waiting';
  RETURN NULL;
END $$;
CREATE TRIGGER webhook_delivery_cancelled AFTER UPDATE ON webhook_deliveries
  FOR EACH ROW WHEN (NEW.cancelled AND NEW.state = 'waiting')
  EXECUTE FUNCTION drop_cancelled_delivery();

-- Every row that passed the old check passes the new one.
ALTER TABLE webhook_logs
  DROP CONSTRAINT webhook_logs_outcome_check,
  ADD CONSTRAINT webhook_logs_outcome_check
    CHECK (outcome IN ('delivered', 'retrying', 'failed', 'cancelled')) NOT VALID;
