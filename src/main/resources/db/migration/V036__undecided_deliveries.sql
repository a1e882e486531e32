-- A delivery whose webhook has a filter or pattern that can't be read: whether it is owed is decided
-- when it is called. Nodes of the previous version call it like any other.
ALTER TABLE webhook_deliveries ADD COLUMN undecided boolean NOT NULL DEFAULT false;
