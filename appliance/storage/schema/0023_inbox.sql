-- Messages of the national instance as they came, their files kept whole, what was read in them and what became of it.
CREATE TABLE inbox_conversation (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL CONSTRAINT inbox_conversation_once UNIQUE,
  subject TEXT NOT NULL, kind TEXT NOT NULL, last_message TEXT NOT NULL, message_count INTEGER NOT NULL,
  is_read_owed INTEGER NOT NULL CHECK (is_read_owed IN (0, 1)), -- to be marked as read there, once all is kept here
  act INTEGER NOT NULL
) STRICT;

CREATE TABLE inbox_message (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL CONSTRAINT inbox_message_once UNIQUE,
  conversation INTEGER NOT NULL REFERENCES inbox_conversation (id),
  sender TEXT NOT NULL, sender_name TEXT NOT NULL, text TEXT NOT NULL, created TEXT NOT NULL, -- as the server writes its time
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX inbox_message_conversation ON inbox_message (conversation);
--! insert-only inbox_message id

-- A file named by a message: what is known of it before its bytes are here, and how often it was tried.
CREATE TABLE inbox_attachment (
  id INTEGER PRIMARY KEY, message INTEGER NOT NULL REFERENCES inbox_message (id), uid TEXT NOT NULL, name TEXT NOT NULL,
  content_type TEXT NOT NULL, size INTEGER, md5 TEXT, storage_status TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'shown', 'kept', 'given_up')), -- shown: only if a person asks for it
  tries INTEGER NOT NULL, tries_on TEXT NOT NULL, not_before INTEGER NOT NULL, last_code TEXT,
  act INTEGER NOT NULL,
  CONSTRAINT inbox_attachment_once UNIQUE (message, uid)
) STRICT;
CREATE INDEX inbox_attachment_waiting ON inbox_attachment (not_before) WHERE state = 'waiting';

-- The bytes themselves, whole; those brought by hand (a stick, a telephone) hang on no message.
CREATE TABLE inbox_document (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
  attachment INTEGER CONSTRAINT inbox_document_once UNIQUE REFERENCES inbox_attachment (id),
  name TEXT NOT NULL, content_type TEXT NOT NULL, content BLOB NOT NULL CHECK (length(content) > 0),
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32), act INTEGER NOT NULL
) STRICT;
CREATE INDEX inbox_document_sha256 ON inbox_document (sha256);
--! insert-only inbox_document id

-- What a layout read in a document, or why none could; read anew when the layouts change. The last one counts.
CREATE TABLE inbox_reading (
  id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES inbox_document (id), layout TEXT,
  edition TEXT NOT NULL, result TEXT NOT NULL CHECK (json_valid(result)), act INTEGER NOT NULL
) STRICT;
CREATE INDEX inbox_reading_document ON inbox_reading (document);
--! insert-only inbox_reading id

-- What a person, or a reading without any doubt, made of a document. The last one counts.
CREATE TABLE inbox_outcome (
  id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES inbox_document (id),
  outcome TEXT NOT NULL CHECK (outcome IN ('order', 'shipment', 'aside')),
  record BLOB CHECK (length(record) = 16), content TEXT NOT NULL CHECK (json_valid(content)), act INTEGER NOT NULL
) STRICT;
CREATE INDEX inbox_outcome_document ON inbox_outcome (document);
--! insert-only inbox_outcome id

-- Which of our products a sender means by a code and a name, as a person said it. The last one counts.
CREATE TABLE product_alias (
  id INTEGER PRIMARY KEY, sender TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, pack TEXT NOT NULL, -- folded
  product INTEGER REFERENCES product (id), -- null: a product that this centre does not keep
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX product_alias_said ON product_alias (sender, code, name, pack);
CREATE INDEX product_alias_product ON product_alias (product) WHERE product IS NOT NULL;
--! insert-only product_alias id

-- The identifiers under which records of ours stand at the counterparty, kept before anything is sent.
CREATE TABLE event_uid (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL CONSTRAINT event_uid_once UNIQUE, -- case matters
  kind TEXT NOT NULL, subject TEXT NOT NULL, part TEXT NOT NULL, act INTEGER NOT NULL,
  CONSTRAINT event_uid_of_one UNIQUE (kind, subject, part)
) STRICT;
--! insert-only event_uid id
