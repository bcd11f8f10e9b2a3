-- People who work at the centre, how they sign in, and what each may see.
CREATE TABLE staff (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
  name TEXT NOT NULL CONSTRAINT staff_name CHECK (length(name) BETWEEN 1 AND 80),
  initials TEXT NOT NULL CHECK (length(initials) BETWEEN 1 AND 4),
  pin_hash TEXT,                                     -- argon2id; null until a first PIN is set
  pin_is_initial INTEGER NOT NULL CHECK (pin_is_initial IN (0, 1)),  -- given by another person: must be changed
  pin_set_at INTEGER, failures INTEGER NOT NULL, locked_until INTEGER NOT NULL,
  is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
  act INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX staff_active_name ON staff (name) WHERE is_active = 1;

CREATE TABLE staff_role (
  staff INTEGER NOT NULL REFERENCES staff (id), role TEXT NOT NULL,
  act INTEGER NOT NULL, PRIMARY KEY (staff, role)
) STRICT, WITHOUT ROWID;

-- While a person is away another holds the roles, from a first to a last day, both included.
CREATE TABLE deputy (
  id INTEGER PRIMARY KEY, absent INTEGER NOT NULL REFERENCES staff (id), deputy INTEGER NOT NULL REFERENCES staff (id),
  first_day TEXT NOT NULL CHECK (date(first_day) IS first_day), last_day TEXT NOT NULL CHECK (date(last_day) IS last_day),
  ended_act INTEGER, act INTEGER NOT NULL,
  CONSTRAINT deputy_days CHECK (first_day <= last_day), CONSTRAINT deputy_other CHECK (absent <> deputy)
) STRICT;

-- Tab x role as the head of the centre set it; a missing cell means the default of the matrix file.
CREATE TABLE matrix_cell (
  tab TEXT NOT NULL, role TEXT NOT NULL, level TEXT NOT NULL CHECK (level IN ('none', 'read', 'write')),
  act INTEGER NOT NULL, PRIMARY KEY (tab, role)
) STRICT, WITHOUT ROWID;
CREATE TABLE matrix_exception (
  tab TEXT NOT NULL, staff INTEGER NOT NULL REFERENCES staff (id),
  level TEXT NOT NULL CHECK (level IN ('none', 'read', 'write')),
  act INTEGER NOT NULL, PRIMARY KEY (tab, staff)
) STRICT, WITHOUT ROWID;

-- A closed tab opened in an emergency: reason, until when; it stands on the head's page the next morning.
CREATE TABLE break_glass (
  id INTEGER PRIMARY KEY, staff INTEGER NOT NULL, patient INTEGER NOT NULL, tab TEXT NOT NULL,
  reason TEXT NOT NULL CONSTRAINT break_glass_reason CHECK (length(trim(reason)) >= 5),
  until INTEGER NOT NULL, act INTEGER NOT NULL
) STRICT;
CREATE INDEX break_glass_staff ON break_glass (staff, patient, until);
--! insert-only break_glass id

-- Who read which file. Written in batches, within a second of the reading.
CREATE TABLE read_entry (
  id INTEGER PRIMARY KEY, staff INTEGER NOT NULL, patient INTEGER NOT NULL, tab TEXT NOT NULL,
  device TEXT NOT NULL, at INTEGER NOT NULL,
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX read_entry_patient ON read_entry (patient, id);
--! insert-only read_entry id
