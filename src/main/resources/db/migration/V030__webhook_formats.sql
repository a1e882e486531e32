-- The form of a webhook's request body. Null: the format that the host of the URL accepts, else the
-- standard one. A template is Mustache; its content type decides how values are escaped.

ALTER TABLE webhooks
  ADD COLUMN format text
    CHECK (format IN ('standard', 'extended', 'slack', 'discord', 'teams', 'google_chat',
                      'cloudevents', 'template')),
  ADD COLUMN template text CHECK (length(template) <= 32768),
  ADD COLUMN content_type text CHECK (length(content_type) <= 200);
