-- Places of the centre, what is to lie there, who serves from where; loans with neighbours; kits; people reached of a recalled lot.
ALTER TABLE place ADD COLUMN kind TEXT NOT NULL DEFAULT 'store' CHECK (kind IN
  ('store', 'on_call', 'care_room', 'maternity', 'vaccination', 'nutrition', 'laboratory', 'other'));
ALTER TABLE place ADD COLUMN serves INTEGER NOT NULL DEFAULT 1 CHECK (serves IN (0, 1));

-- The level to which a place is filled again; the last row of a product counts, 0 ends it.
CREATE TABLE place_level (
  id INTEGER PRIMARY KEY, place INTEGER NOT NULL REFERENCES place (id), product INTEGER NOT NULL REFERENCES product (id),
  quantity INTEGER NOT NULL CHECK (quantity >= 0),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX place_level_place ON place_level (place, product);
CREATE INDEX place_level_product ON place_level (product);
--! insert-only place_level id

-- From which place somebody serves; the last row counts.
CREATE TABLE server_place (
  id INTEGER PRIMARY KEY, staff INTEGER NOT NULL REFERENCES staff (id), place INTEGER NOT NULL REFERENCES place (id),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX server_place_staff ON server_place (staff);
--! insert-only server_place id

-- What a neighbour owes the centre, or is owed: settled in kind by further papers, or given up with a reason.
CREATE TABLE loan (
  id INTEGER PRIMARY KEY, event INTEGER NOT NULL CONSTRAINT loan_event UNIQUE REFERENCES stock_event (id),
  direction TEXT NOT NULL CHECK (direction IN ('lent', 'borrowed')),
  due_on TEXT CHECK (date(due_on) IS due_on),
  act INTEGER NOT NULL
) STRICT;
--! insert-only loan id
CREATE TABLE loan_return (
  id INTEGER PRIMARY KEY, loan INTEGER NOT NULL REFERENCES loan (id),
  event INTEGER NOT NULL CONSTRAINT loan_return_event UNIQUE REFERENCES stock_event (id),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX loan_return_loan ON loan_return (loan);
--! insert-only loan_return id
CREATE TABLE loan_closure (
  id INTEGER PRIMARY KEY, loan INTEGER NOT NULL CONSTRAINT loan_closed_once UNIQUE REFERENCES loan (id),
  reason TEXT NOT NULL CHECK (length(reason) BETWEEN 3 AND 300),
  act INTEGER NOT NULL
) STRICT;
--! insert-only loan_closure id

-- What one base unit of a kit holds; the last row of a part counts, 0 takes it out.
CREATE TABLE kit_part (
  id INTEGER PRIMARY KEY, kit INTEGER NOT NULL REFERENCES product (id), part INTEGER NOT NULL REFERENCES product (id),
  quantity INTEGER NOT NULL CHECK (quantity >= 0),
  act INTEGER NOT NULL,
  CONSTRAINT kit_part_other CHECK (part <> kit)
) STRICT;
CREATE INDEX kit_part_kit ON kit_part (kit, part);
CREATE INDEX kit_part_part ON kit_part (part);
--! insert-only kit_part id

-- Who was reached of those who received a lot, and what came of it; the last row of a person counts.
CREATE TABLE lot_contact (
  id INTEGER PRIMARY KEY, lot INTEGER NOT NULL REFERENCES lot (id), patient INTEGER NOT NULL REFERENCES patient (id),
  outcome TEXT NOT NULL CHECK (outcome IN ('reached', 'gave_back', 'all_taken', 'unwell', 'not_found')),
  note TEXT CHECK (length(note) BETWEEN 1 AND 300),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX lot_contact_lot ON lot_contact (lot, patient);
CREATE INDEX lot_contact_patient ON lot_contact (patient);
--! insert-only lot_contact id
