-- A certificate with its private key, for receivers that want one of their callers; and how many bytes of
-- text a webhook's row holds, so that their sum per tenant can be limited without reading the texts.

ALTER TABLE webhooks
  ADD COLUMN client_certificate text,
  ADD COLUMN client_key         text,
  ADD CONSTRAINT client_certificate_has_key
    CHECK ((client_certificate IS NULL) = (client_key IS NULL));
COMMENT ON COLUMN webhooks.client_certificate IS
  'PEM, the chain after it; as given, or enc:v1:<key id>:<Base64> if an encryption key is configured';
COMMENT ON COLUMN webhooks.client_key IS 'PKCS #8 in PEM form; stored like client_certificate';

ALTER TABLE webhooks
  ADD COLUMN settings_bytes bigint GENERATED ALWAYS AS (
    octet_length(events::text)
    + octet_length(headers::text)
    + coalesce(octet_length(retry_schedule::text), 0)
    + coalesce(octet_length(filter::text), 0)
    + coalesce(octet_length(template), 0)
    + coalesce(octet_length(client_certificate), 0)
    + coalesce(octet_length(client_key), 0)) STORED;
COMMENT ON COLUMN webhooks.settings_bytes IS 'bytes of the settings whose length a tenant chooses';
