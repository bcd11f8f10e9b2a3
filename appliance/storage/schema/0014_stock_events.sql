-- What the depot does by hand, one paper an act: a loss, a transfer, a loan, a kit. Its rows in the ledger point to it, and
-- so do the rows that undo them: what they all add up to is what stands of it.
CREATE TABLE stock_event (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
  number INTEGER NOT NULL CONSTRAINT stock_event_number UNIQUE,     -- as printed on the paper
  reason TEXT NOT NULL,                                              -- a code of stock/ledger/data/reasons.json
  place INTEGER NOT NULL REFERENCES place (id),
  to_place INTEGER REFERENCES place (id),                            -- of a transfer inside the centre
  counterpart TEXT CHECK (length(counterpart) BETWEEN 2 AND 80),     -- the neighbour, the partner, the supplier
  document_number TEXT CHECK (length(document_number) BETWEEN 1 AND 40),
  witness TEXT CHECK (length(witness) BETWEEN 2 AND 80),             -- who signed beside the one who wrote it
  note TEXT CHECK (length(note) BETWEEN 3 AND 300),
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  act INTEGER NOT NULL,
  CONSTRAINT stock_event_two_places CHECK (to_place IS NULL OR to_place <> place)
) STRICT;
CREATE INDEX stock_event_reason ON stock_event (reason);
--! insert-only stock_event id
ALTER TABLE movement ADD COLUMN event INTEGER REFERENCES stock_event (id);
CREATE INDEX movement_event ON movement (event) WHERE event IS NOT NULL;
-- The journal of the depot: one row in ten is no dispensing, and a page asks for those by kind, the newest first.
CREATE INDEX movement_by_hand ON movement (kind, id) WHERE kind <> 'dispense';
