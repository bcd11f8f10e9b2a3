-- The patient as the rest of the store knows him: a key, a number, a sex, a birth, a village. No name.
CREATE TABLE patient (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
  number TEXT NOT NULL CONSTRAINT patient_number UNIQUE,
  sex TEXT NOT NULL CONSTRAINT patient_sex CHECK (sex IN ('M', 'F')),
  -- birth: a date with its precision, kept beside what was said (age, unit, day it was said)
  born_on TEXT NOT NULL CHECK (date(born_on) IS born_on),
  born_precision TEXT NOT NULL CHECK (born_precision IN ('day', 'month', 'year', 'decade')),
  age_value INTEGER, age_unit TEXT CHECK (age_unit IN ('day', 'week', 'month', 'year')),
  age_said_on TEXT CHECK (date(age_said_on) IS age_said_on),
  village INTEGER REFERENCES village (id),
  mother INTEGER REFERENCES patient (id),
  allergies TEXT NOT NULL CHECK (json_valid(allergies)),  -- list of codes; unknown is not "none"
  allergies_asked INTEGER NOT NULL CHECK (allergies_asked IN (0, 1)),
  registered_on TEXT NOT NULL CHECK (date(registered_on) IS registered_on),
  deceased_on TEXT CHECK (date(deceased_on) IS deceased_on),
  merged_into INTEGER REFERENCES patient (id),   -- set while a merge stands; nothing else is rewritten
  last_visit_on TEXT CHECK (date(last_visit_on) IS last_visit_on),
  act INTEGER NOT NULL,
  CONSTRAINT patient_not_own_mother CHECK (mother IS NULL OR mother <> id)
) STRICT;
CREATE INDEX patient_village ON patient (village, born_on);
CREATE INDEX patient_mother ON patient (mother) WHERE mother IS NOT NULL;
CREATE INDEX patient_merged ON patient (merged_into) WHERE merged_into IS NOT NULL;

-- Identity apart: destroying these rows leaves care and ledger whole and nameless.
CREATE TABLE patient_name (
  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL REFERENCES patient (id),
  kind TEXT NOT NULL CHECK (kind IN ('civil', 'usual', 'marriage', 'nickname')),
  text TEXT NOT NULL CONSTRAINT patient_name_text CHECK (length(text) BETWEEN 1 AND 120),
  folded TEXT NOT NULL, is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX patient_name_patient ON patient_name (patient);
CREATE TABLE patient_contact (
  patient INTEGER PRIMARY KEY REFERENCES patient (id),
  mother_name TEXT, father_name TEXT, phone TEXT, household TEXT, note TEXT,
  act INTEGER NOT NULL
) STRICT;
-- What contact was before each correction; identity like the rest, and destroyed with it.
CREATE TABLE patient_contact_before (
  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL REFERENCES patient (id), mother_name TEXT, phone TEXT,
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX patient_contact_before_patient ON patient_contact_before (patient);
CREATE INDEX patient_contact_phone ON patient_contact (phone) WHERE phone IS NOT NULL;

-- What a person is found by: words as spelt (x), sound keys of names (n), of the mother's name (m), phone digits (p).
CREATE TABLE patient_search (
  key TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('x', 'n', 'm', 'p')),
  patient INTEGER NOT NULL REFERENCES patient (id), PRIMARY KEY (key, kind, patient)
) STRICT, WITHOUT ROWID;
CREATE INDEX patient_search_patient ON patient_search (patient);

-- Cards: printed blank or for a person, bound once; a lost one is ended and another bound.
CREATE TABLE card (
  code TEXT PRIMARY KEY, patient INTEGER REFERENCES patient (id), bound_act INTEGER, ended_act INTEGER,
  act INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX card_patient ON card (patient) WHERE patient IS NOT NULL;

-- Two files found to be one person. Undone by a row, for ever; the numbers of both stay valid.
CREATE TABLE patient_merge (
  id INTEGER PRIMARY KEY, absorbed INTEGER NOT NULL REFERENCES patient (id),
  survivor INTEGER NOT NULL REFERENCES patient (id), reason TEXT NOT NULL,
  act INTEGER NOT NULL,
  CONSTRAINT merge_other CHECK (absorbed <> survivor)
) STRICT;
--! insert-only patient_merge id
CREATE TABLE patient_unmerge (
  id INTEGER PRIMARY KEY, merge INTEGER NOT NULL CONSTRAINT unmerge_once UNIQUE REFERENCES patient_merge (id),
  reason TEXT NOT NULL, act INTEGER NOT NULL
) STRICT;
--! insert-only patient_unmerge id

-- What a patient's particulars were before each correction (codes and dates; names live in patient_name).
CREATE TABLE patient_change (
  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL, before TEXT NOT NULL CHECK (json_valid(before)),
  reason TEXT NOT NULL, act INTEGER NOT NULL
) STRICT;
CREATE INDEX patient_change_patient ON patient_change (patient);
--! insert-only patient_change id
