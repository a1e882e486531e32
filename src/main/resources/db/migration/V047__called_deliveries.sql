-- Whether a claim may have been used for a call. Nodes of the previous version don't know the column:
-- their claims count as used.
ALTER TABLE webhook_deliveries ADD COLUMN called boolean NOT NULL DEFAULT true;
