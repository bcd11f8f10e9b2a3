-- Who belongs to whom and who lives with whom: rows of ids, never changed. What ends has its row of ending with a reason.
-- A merged file keeps its rows; they are read as those of the file that stands, so that undoing a merge gives each its own.
-- `patient.mother` of 0004 was never written: a tie is a row here.
DROP INDEX patient_mother;
ALTER TABLE patient_contact_before ADD COLUMN household TEXT;

CREATE TABLE family_link (
  id INTEGER PRIMARY KEY,
  person INTEGER NOT NULL REFERENCES patient (id), relative INTEGER NOT NULL REFERENCES patient (id),
  -- what the person is to the relative; couple and twin go both ways
  kind TEXT NOT NULL CONSTRAINT family_link_kind CHECK (kind IN ('mother', 'father', 'couple', 'twin')),
  act INTEGER NOT NULL,
  CONSTRAINT family_link_other CHECK (person <> relative)
) STRICT;
CREATE INDEX family_link_person ON family_link (person, kind);
CREATE INDEX family_link_relative ON family_link (relative, kind);
--! insert-only family_link id
CREATE TABLE family_link_end (
  id INTEGER PRIMARY KEY, link INTEGER NOT NULL CONSTRAINT family_link_ended_once UNIQUE REFERENCES family_link (id),
  reason TEXT NOT NULL CONSTRAINT family_link_end_reason CHECK (length(trim(reason)) >= 3),
  act INTEGER NOT NULL
) STRICT;
--! insert-only family_link_end id

-- A household holds ids only: its village is that of its head, the name of its concession stands with each member's
-- contact and is destroyed with it.
CREATE TABLE household (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL CONSTRAINT household_uuid UNIQUE CHECK (length(uuid) = 16),
  act INTEGER NOT NULL
) STRICT;
--! insert-only household id
CREATE TABLE household_member (
  id INTEGER PRIMARY KEY, household INTEGER NOT NULL REFERENCES household (id),
  patient INTEGER NOT NULL REFERENCES patient (id),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX household_member_household ON household_member (household);
CREATE INDEX household_member_patient ON household_member (patient);
--! insert-only household_member id
CREATE TABLE household_member_end (
  id INTEGER PRIMARY KEY,
  member INTEGER NOT NULL CONSTRAINT household_member_ended_once UNIQUE REFERENCES household_member (id),
  reason TEXT NOT NULL CONSTRAINT household_member_end_reason CHECK (length(trim(reason)) >= 3),
  act INTEGER NOT NULL
) STRICT;
--! insert-only household_member_end id
-- Who heads the household; the last row counts, while that person is a member.
CREATE TABLE household_head (
  id INTEGER PRIMARY KEY, household INTEGER NOT NULL REFERENCES household (id),
  patient INTEGER NOT NULL REFERENCES patient (id),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX household_head_household ON household_head (household);
CREATE INDEX household_head_patient ON household_head (patient);
--! insert-only household_head id
