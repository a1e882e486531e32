-- When each API key was used last, to the minute. Not a column of api_keys: nodes read that table anew
-- whenever a row of it changes.
CREATE TABLE api_key_uses (
  key_id       bigint      PRIMARY KEY REFERENCES api_keys (id) ON DELETE CASCADE,
  last_used_at timestamptz NOT NULL
);
