-- Proof: every payload that went out, as it went (compressed), so that what a counterparty was told is known for ever.
CREATE TABLE sent (
  id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES outbox (id), at INTEGER NOT NULL,
  payload BLOB NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32), act INTEGER NOT NULL,
  CONSTRAINT sent_once UNIQUE (item, hash)
) STRICT;
--! insert-only sent id
