-- One row per use case: who, when, under which clock, what it answered, and the chain that ties it to
-- every row it wrote (rows_hash) and to the act before it (hash). Everything else points here, by number and not by
-- a foreign key: the act is written last, and for each parent that comes after its children SQLite would scan the
-- children's whole tables (4 ms a sale at 60,000 ledger lines). `audit verify` proves the link instead.
CREATE TABLE act (
  seq          INTEGER PRIMARY KEY,
  kind         TEXT    NOT NULL CONSTRAINT act_kind CHECK (length(kind) BETWEEN 1 AND 60),
  staff        INTEGER,                 -- staff.id; null when the machine acts
  device       TEXT    NOT NULL,        -- tablet or process, never a person's name
  at           INTEGER NOT NULL,        -- milliseconds since 1970 UTC, never below the floor of the store
  trusted      INTEGER NOT NULL CHECK (trusted IN (0, 1)),
  request_key  BLOB    CHECK (length(request_key) = 16),
  body_hash    BLOB    CHECK (length(body_hash) = 16),
  detail       TEXT    CHECK (json_valid(detail)),  -- codes and ids of what changed, no text typed by people
  result       TEXT    CHECK (json_valid(result)),  -- what was answered, so that a repeated request gets it again
  rows_hash    BLOB    NOT NULL CHECK (length(rows_hash) = 32),
  hash         BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE UNIQUE INDEX act_request ON act (request_key) WHERE request_key IS NOT NULL;
-- The few acts of a doubtful clock, found without reading the whole chain.
CREATE INDEX act_doubtful ON act (seq) WHERE trusted = 0;
--! insert-only act seq

-- A clock once doubtful is settled later: which acts, and by how much they were off.
CREATE TABLE clock_settlement (
  id INTEGER PRIMARY KEY, first_act INTEGER NOT NULL, last_act INTEGER NOT NULL,
  offset_ms INTEGER NOT NULL, act INTEGER NOT NULL
) STRICT;
--! insert-only clock_settlement id

-- One row that the watchdog rewrites and reads back, to prove that writing works. It means nothing else.
CREATE TABLE heartbeat (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL) STRICT;
