-- What must leave the box, what was tried, what the counterparty answered; and what it calls our cells.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
  kind TEXT NOT NULL, subject TEXT NOT NULL, revision INTEGER NOT NULL,
  priority INTEGER NOT NULL, -- smaller goes first
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'done', 'refused', 'held', 'superseded')),
  payload BLOB,              -- the bytes as first composed, kept so that a repeat is the same
  payload_hash BLOB, attempts INTEGER NOT NULL, next_attempt_at INTEGER NOT NULL,
  last_code TEXT, last_detail TEXT CHECK (json_valid(last_detail)), done_at INTEGER,
  act INTEGER NOT NULL,
  CONSTRAINT outbox_once UNIQUE (kind, subject, revision)
) STRICT;
CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE state IN ('waiting', 'sending');

CREATE TABLE attempt (
  id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES outbox (id), at INTEGER NOT NULL, step TEXT NOT NULL,
  outcome TEXT NOT NULL, code TEXT NOT NULL, http_status INTEGER, bytes_out INTEGER NOT NULL, bytes_in INTEGER NOT NULL,
  answer TEXT, act INTEGER NOT NULL
) STRICT;
CREATE INDEX attempt_item ON attempt (item);
--! insert-only attempt id

-- The counterparty's metadata as last pulled, and our cells' names there.
CREATE TABLE dhis2_metadata (
  kind TEXT NOT NULL, uid TEXT NOT NULL, etag TEXT, body TEXT NOT NULL CHECK (json_valid(body)), pulled_at INTEGER NOT NULL,
  PRIMARY KEY (kind, uid)
) STRICT, WITHOUT ROWID;
CREATE TABLE dhis2_mapping (
  form TEXT NOT NULL, code TEXT NOT NULL, disaggregation TEXT NOT NULL CHECK (json_valid(disaggregation)),
  data_element TEXT NOT NULL, category_option_combo TEXT NOT NULL, value_type TEXT NOT NULL,
  zero_is_significant INTEGER NOT NULL CHECK (zero_is_significant IN (0, 1)),
  origin TEXT NOT NULL CHECK (origin IN ('code', 'person')),
  PRIMARY KEY (form, code, disaggregation, data_element, category_option_combo)
) STRICT, WITHOUT ROWID;

-- Bytes each way by day and purpose, so that a data plan is not burnt unseen.
CREATE TABLE traffic (
  day TEXT NOT NULL, purpose TEXT NOT NULL, bytes_out INTEGER NOT NULL, bytes_in INTEGER NOT NULL,
  requests INTEGER NOT NULL, PRIMARY KEY (day, purpose)
) STRICT, WITHOUT ROWID;

-- When each periodic duty last succeeded: "is it owed" is asked of this, never of a timer.
CREATE TABLE job_run (
  id INTEGER PRIMARY KEY, job TEXT NOT NULL, at INTEGER NOT NULL, outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'failed')),
  detail TEXT CHECK (json_valid(detail)), act INTEGER NOT NULL
) STRICT;
CREATE INDEX job_run_job ON job_run (job, id);
--! insert-only job_run id
