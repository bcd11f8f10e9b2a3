-- A visit walks from post to post; what was found and decided is insert-only and versioned.
CREATE TABLE visit (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
  patient INTEGER NOT NULL REFERENCES patient (id),
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on), opened_at INTEGER NOT NULL,
  station TEXT NOT NULL CONSTRAINT visit_station
    CHECK (station IN ('triage', 'consultation', 'laboratory', 'pharmacy', 'cashier', 'done', 'left')),
  station_since INTEGER NOT NULL, motive TEXT NOT NULL, strategy TEXT NOT NULL CHECK (strategy IN ('fixe', 'avancee', 'mobile')),
  priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 2),   -- 2: danger sign, 1: soon, 0: in order
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX visit_patient ON visit (patient, occurred_on);
CREATE INDEX visit_queue ON visit (station, priority, opened_at) WHERE station NOT IN ('done', 'left');
CREATE INDEX visit_day ON visit (occurred_on);

-- Measures at triage or later. Whole numbers in the unit that the column names.
CREATE TABLE vitals (
  id INTEGER PRIMARY KEY, visit INTEGER NOT NULL REFERENCES visit (id),
  replaces INTEGER CONSTRAINT vitals_replaced_once UNIQUE REFERENCES vitals (id), reason TEXT,
  temperature_decidegrees INTEGER, weight_grams INTEGER, height_mm INTEGER, muac_mm INTEGER,
  respiration_per_minute INTEGER, pulse_per_minute INTEGER, systolic_mmhg INTEGER, diastolic_mmhg INTEGER,
  oedema INTEGER CHECK (oedema BETWEEN 0 AND 3),
  danger_signs TEXT CHECK (json_valid(danger_signs)),          -- {code: "yes" | "no"}; absent is unknown
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX vitals_visit ON vitals (visit);
--! insert-only vitals id

CREATE TABLE consultation (
  id INTEGER PRIMARY KEY, visit INTEGER NOT NULL REFERENCES visit (id),
  replaces INTEGER CONSTRAINT consultation_replaced_once UNIQUE REFERENCES consultation (id),
  reason TEXT,                                                  -- why it replaces the one before
  case_type TEXT NOT NULL CHECK (case_type IN ('NC', 'AC')),
  motive TEXT NOT NULL, signs TEXT NOT NULL CHECK (json_valid(signs)),
  diagnosis TEXT NOT NULL,                                      -- principal, a code of the CSCom list
  other_diagnoses TEXT NOT NULL CHECK (json_valid(other_diagnoses)),
  malaria_suspected INTEGER NOT NULL CHECK (malaria_suspected IN (0, 1)),
  rdt TEXT NOT NULL CHECK (rdt IN ('positive', 'negative', 'invalid', 'not_done')),
  microscopy TEXT NOT NULL CHECK (microscopy IN ('positive', 'negative', 'not_done')),
  pregnant TEXT NOT NULL CHECK (pregnant IN ('yes', 'no', 'unknown')),
  outcome TEXT NOT NULL CHECK (outcome IN ('home', 'observation', 'referred', 'evacuated', 'died', 'left')),
  died_on TEXT CHECK (date(died_on) IS died_on), notes TEXT,
  act INTEGER NOT NULL,
  CONSTRAINT consultation_reason CHECK (replaces IS NULL OR length(trim(reason)) >= 3)
) STRICT;
CREATE INDEX consultation_visit ON consultation (visit);
--! insert-only consultation id

CREATE TABLE prescription (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
  visit INTEGER NOT NULL REFERENCES visit (id), patient INTEGER NOT NULL REFERENCES patient (id),
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  state TEXT NOT NULL CHECK (state IN ('issued', 'part_served', 'served', 'closed', 'cancelled')),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX prescription_visit ON prescription (visit);
CREATE INDEX prescription_day ON prescription (occurred_on);
CREATE INDEX prescription_open ON prescription (occurred_on) WHERE state IN ('issued', 'part_served');
-- product is the catalogue's code: records knows no shelf.
CREATE TABLE prescription_line (
  id INTEGER PRIMARY KEY, prescription INTEGER NOT NULL REFERENCES prescription (id), rank INTEGER NOT NULL,
  product TEXT NOT NULL, quantity INTEGER NOT NULL CONSTRAINT prescribed_some CHECK (quantity > 0),
  dosage TEXT NOT NULL, days INTEGER,
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX prescription_line_prescription ON prescription_line (prescription);
--! insert-only prescription_line id

-- What a person was typing, on any tablet; version tells the second tablet that it is late.
CREATE TABLE draft (
  id INTEGER PRIMARY KEY, form TEXT NOT NULL, subject TEXT NOT NULL, staff INTEGER NOT NULL,
  request_key BLOB NOT NULL CHECK (length(request_key) = 16), version INTEGER NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)), saved_at INTEGER NOT NULL, device TEXT NOT NULL,
  UNIQUE (form, subject, staff)
) STRICT;
