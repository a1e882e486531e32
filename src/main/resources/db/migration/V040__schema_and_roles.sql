-- A schema of any name, and a role for the nodes that owns nothing.

-- Whatever the search path of the caller is: an INSERT by a person names only the table of its row.
ALTER FUNCTION webhook_updated() SET search_path = "${flyway:defaultSchema}", pg_temp;
ALTER FUNCTION drop_cancelled_delivery() SET search_path = "${flyway:defaultSchema}", pg_temp;

-- Only its owner may give a table partitions. One node at a time: statements that do so at once fail with
-- duplicate names or a deadlock, despite IF NOT EXISTS. Locks are waited for only briefly, because inserts
-- queue behind a definition that waits for a long query.
CREATE FUNCTION create_webhook_logs_partition(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = "${flyway:defaultSchema}", pg_temp SET lock_timeout = '2s' AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('webhook_logs'));
  EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF webhook_logs FOR VALUES FROM (%L) TO (%L)',
                 'webhook_logs_' || to_char(day, 'YYYYMMDD'),
                 day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
END $$;

CREATE FUNCTION drop_webhook_logs_partition(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = "${flyway:defaultSchema}", pg_temp SET lock_timeout = '2s' AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('webhook_logs'));
  EXECUTE format('DROP TABLE IF EXISTS %I', 'webhook_logs_' || to_char(day, 'YYYYMMDD'));
END $$;

REVOKE EXECUTE ON FUNCTION create_webhook_logs_partition(date), drop_webhook_logs_partition(date)
  FROM PUBLIC;
