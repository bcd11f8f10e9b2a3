-- What the laboratory was asked, and what it found. Both insert-only: a result is corrected by another that
-- replaces it and keeps it readable. test is a code of the centre's list, which is data.
CREATE TABLE lab_order (
  id INTEGER PRIMARY KEY, visit INTEGER NOT NULL REFERENCES visit (id), test TEXT NOT NULL,
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX lab_order_visit ON lab_order (visit);
--! insert-only lab_order id

CREATE TABLE lab_result (
  id INTEGER PRIMARY KEY, lab_order INTEGER NOT NULL REFERENCES lab_order (id),
  replaces INTEGER CONSTRAINT lab_result_replaced_once UNIQUE REFERENCES lab_result (id),
  reason TEXT,                                       -- why it replaces the one before, or why the test was not done
  outcome TEXT NOT NULL CHECK (length(outcome) BETWEEN 1 AND 20),  -- a choice's code, 'value', or 'not_done'
  value_milli INTEGER,                               -- thousandths of unit
  unit TEXT, note TEXT,
  act INTEGER NOT NULL,
  CONSTRAINT lab_result_value CHECK ((outcome = 'value') = (value_milli IS NOT NULL)),
  CONSTRAINT lab_result_reason CHECK ((replaces IS NULL AND outcome <> 'not_done') OR length(trim(reason)) >= 3)
) STRICT;
CREATE UNIQUE INDEX lab_result_once ON lab_result (lab_order) WHERE replaces IS NULL;
CREATE INDEX lab_result_order ON lab_result (lab_order);
--! insert-only lab_result id
