-- The cold chain: what is read on the fridges, what the vials say, what was opened, given and thrown away.
CREATE TABLE cold_equipment (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL CONSTRAINT cold_equipment_name UNIQUE CHECK (length(name) BETWEEN 1 AND 60),
  kind TEXT NOT NULL CHECK (kind IN ('refrigerator', 'freezer', 'cooler')),
  low_tenths INTEGER NOT NULL, high_tenths INTEGER NOT NULL,          -- the band in tenths of a degree, both ends good
  place INTEGER REFERENCES place (id),
  is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
  act INTEGER NOT NULL,
  CONSTRAINT cold_equipment_band CHECK (low_tenths < high_tenths)
) STRICT;

-- One reading of one fridge; the last row of a day and moment counts, so that a slip is corrected and stays readable.
CREATE TABLE temperature_reading (
  id INTEGER PRIMARY KEY, equipment INTEGER NOT NULL REFERENCES cold_equipment (id),
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  moment TEXT NOT NULL CHECK (moment IN ('morning', 'evening', 'extra')),
  hour TEXT NOT NULL CHECK (hour GLOB '[0-2][0-9]:[0-5][0-9]'),
  tenths INTEGER NOT NULL CHECK (tenths BETWEEN -900 AND 700),
  low_tenths INTEGER NOT NULL, high_tenths INTEGER NOT NULL,          -- the band as it stood then
  is_alarm INTEGER NOT NULL CHECK (is_alarm IN (0, 1)),               -- the recorder's own alarm was lit
  measure TEXT CHECK (length(measure) BETWEEN 3 AND 300),             -- what was done
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX temperature_reading_day ON temperature_reading (equipment, occurred_on);
--! insert-only temperature_reading id

-- The stage of a lot's vaccine vial monitor; the last row counts.
CREATE TABLE vvm_reading (
  id INTEGER PRIMARY KEY, lot INTEGER NOT NULL REFERENCES lot (id),
  stage INTEGER NOT NULL CHECK (stage BETWEEN 1 AND 4),
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX vvm_reading_lot ON vvm_reading (lot);
--! insert-only vvm_reading id

CREATE TABLE vaccination_session (
  id INTEGER PRIMARY KEY, occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  strategy TEXT NOT NULL CHECK (strategy IN ('fixed', 'outreach', 'mobile')),
  village INTEGER REFERENCES village (id),                            -- where an outreach goes
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX vaccination_session_day ON vaccination_session (occurred_on);
CREATE INDEX vaccination_session_village ON vaccination_session (village) WHERE village IS NOT NULL;
--! insert-only vaccination_session id
CREATE TABLE vaccination_session_status (
  id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES vaccination_session (id),
  status TEXT NOT NULL CHECK (status IN ('planned', 'held', 'cancelled')),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX vaccination_session_status_of ON vaccination_session_status (session);
--! insert-only vaccination_session_status id
-- Children expected of a product at a session, typed where the target's share is not believed; the last row counts.
CREATE TABLE session_expectation (
  id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES vaccination_session (id),
  product INTEGER NOT NULL REFERENCES product (id),
  children INTEGER NOT NULL CHECK (children BETWEEN 0 AND 10000),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX session_expectation_of ON session_expectation (session);
CREATE INDEX session_expectation_product ON session_expectation (product);
--! insert-only session_expectation id

-- Vials opened: their doses leave the ledger then, given or not. `use_until` is the instant (ms) after which nothing of
-- them may be given, by the product's policy of that day.
CREATE TABLE vial_opening (
  id INTEGER PRIMARY KEY, lot INTEGER NOT NULL REFERENCES lot (id), product INTEGER NOT NULL REFERENCES product (id),
  session INTEGER REFERENCES vaccination_session (id),
  vials INTEGER NOT NULL CHECK (vials BETWEEN 1 AND 500), doses_per_vial INTEGER NOT NULL CHECK (doses_per_vial BETWEEN 1 AND 1000),
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  opened_at INTEGER NOT NULL, use_until INTEGER NOT NULL,
  movement INTEGER NOT NULL CONSTRAINT vial_opening_movement UNIQUE REFERENCES movement (id),
  act INTEGER NOT NULL,
  CONSTRAINT vial_opening_order CHECK (use_until >= opened_at)
) STRICT;
CREATE INDEX vial_opening_lot ON vial_opening (lot);
CREATE INDEX vial_opening_day ON vial_opening (product, occurred_on);
CREATE INDEX vial_opening_session ON vial_opening (session) WHERE session IS NOT NULL;
--! insert-only vial_opening id
-- What became of the doses of an opening: given to people, or thrown away. Together never more than were opened.
CREATE TABLE vial_outcome (
  id INTEGER PRIMARY KEY, opening INTEGER NOT NULL REFERENCES vial_opening (id),
  given INTEGER NOT NULL CHECK (given >= 0), wasted INTEGER NOT NULL CHECK (wasted >= 0),
  reason TEXT,                                                        -- why doses were thrown away, a code of the data file
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  act INTEGER NOT NULL,
  CONSTRAINT vial_outcome_some CHECK (given + wasted > 0),
  CONSTRAINT vial_outcome_reason CHECK ((wasted > 0) = (reason IS NOT NULL))
) STRICT;
CREATE INDEX vial_outcome_opening ON vial_outcome (opening);
--! insert-only vial_outcome id
CREATE TRIGGER vial_outcome_within_opening BEFORE INSERT ON vial_outcome
  WHEN NEW.given + NEW.wasted + (SELECT coalesce(sum(given + wasted), 0) FROM vial_outcome WHERE opening = NEW.opening)
     > (SELECT vials * doses_per_vial FROM vial_opening WHERE id = NEW.opening)
BEGIN SELECT RAISE(ABORT, 'vial-doses'); END;

-- An opening of which doses were given can't be taken out of the ledger again.
CREATE TRIGGER vial_opening_stays BEFORE INSERT ON movement WHEN NEW.reverses IS NOT NULL AND EXISTS (
  SELECT 1 FROM vial_opening o JOIN vial_outcome x ON x.opening = o.id WHERE o.movement = NEW.reverses)
BEGIN SELECT RAISE(ABORT, 'vial-used'); END;

-- What a broken cold chain destroyed, lot by lot, in one act; each line is a loss in the ledger.
CREATE TABLE cold_incident (
  id INTEGER PRIMARY KEY, number INTEGER NOT NULL CONSTRAINT cold_incident_number UNIQUE,
  equipment INTEGER REFERENCES cold_equipment (id),
  exposure TEXT NOT NULL CHECK (exposure IN ('heat', 'freeze', 'vvm')),
  note TEXT NOT NULL CHECK (length(note) BETWEEN 3 AND 300),
  committee TEXT CHECK (length(committee) BETWEEN 2 AND 300),
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX cold_incident_equipment ON cold_incident (equipment) WHERE equipment IS NOT NULL;
--! insert-only cold_incident id
CREATE TABLE cold_incident_line (
  id INTEGER PRIMARY KEY, incident INTEGER NOT NULL REFERENCES cold_incident (id),
  movement INTEGER NOT NULL CONSTRAINT cold_incident_line_movement UNIQUE REFERENCES movement (id),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX cold_incident_line_of ON cold_incident_line (incident);
--! insert-only cold_incident_line id
