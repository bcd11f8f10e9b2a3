-- The depot: catalogue, lots, the ledger of movements and the balances its triggers keep.
CREATE TABLE place (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
  act INTEGER NOT NULL
) STRICT;

CREATE TABLE product (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL CONSTRAINT product_code UNIQUE,
  name TEXT NOT NULL, form TEXT NOT NULL, strength TEXT NOT NULL, folded TEXT NOT NULL,
  base_unit TEXT NOT NULL, pack_label TEXT NOT NULL, pack_units INTEGER NOT NULL CHECK (pack_units > 0),
  programme TEXT NOT NULL, tracer TEXT NOT NULL, ven TEXT NOT NULL CHECK (ven IN ('V', 'E', 'N', '')),
  cold_chain INTEGER NOT NULL CHECK (cold_chain IN (0, 1)), price_regime TEXT NOT NULL,
  supplier TEXT, national_code TEXT, min_months TEXT, max_months TEXT,   -- exact decimals as text; null: the default
  source TEXT NOT NULL, is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
  act INTEGER NOT NULL
) STRICT;

CREATE TABLE lot (
  id INTEGER PRIMARY KEY, product INTEGER NOT NULL REFERENCES product (id),
  number TEXT NOT NULL CHECK (length(number) BETWEEN 1 AND 40),        -- 'INCONNU' when it can't be read
  expires_on TEXT NOT NULL CHECK (date(expires_on) IS expires_on),      -- last usable day
  expiry_precision TEXT NOT NULL CHECK (expiry_precision IN ('day', 'month')),
  funder TEXT, status TEXT NOT NULL CHECK (status IN ('usable', 'quarantined', 'recalled')),
  act INTEGER NOT NULL,
  CONSTRAINT lot_once UNIQUE (product, number, expires_on)
) STRICT;

-- A handing-over of medicines to a person (with or without prescription) or to a service of the centre.
CREATE TABLE dispense (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
  prescription INTEGER REFERENCES prescription (id), patient INTEGER REFERENCES patient (id),
  place INTEGER NOT NULL REFERENCES place (id),
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  reverses INTEGER REFERENCES dispense (id), reason TEXT,
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX dispense_prescription ON dispense (prescription) WHERE prescription IS NOT NULL;
CREATE INDEX dispense_patient ON dispense (patient) WHERE patient IS NOT NULL;
CREATE UNIQUE INDEX dispense_reversed_once ON dispense (reverses) WHERE reverses IS NOT NULL;
--! insert-only dispense id

CREATE TABLE receipt (
  id INTEGER PRIMARY KEY, number TEXT NOT NULL, supplier TEXT NOT NULL,
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  act INTEGER NOT NULL
) STRICT;
--! insert-only receipt id

-- The ledger. Quantities are signed base units; report_column says where the month's report counts the row.
CREATE TABLE movement (
  id INTEGER PRIMARY KEY, product INTEGER NOT NULL REFERENCES product (id), lot INTEGER NOT NULL REFERENCES lot (id),
  place INTEGER NOT NULL REFERENCES place (id), kind TEXT NOT NULL,
  report_column TEXT NOT NULL CHECK (report_column IN ('SI', 'QR', 'QU', 'QP', 'QA')),
  quantity INTEGER NOT NULL CONSTRAINT movement_some CHECK (quantity <> 0),
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  dispense INTEGER REFERENCES dispense (id), prescription_line INTEGER REFERENCES prescription_line (id),
  receipt INTEGER REFERENCES receipt (id), reason TEXT, unit_cost_fcfa INTEGER,
  is_campaign INTEGER NOT NULL CHECK (is_campaign IN (0, 1)),     -- CPS, mass drug: out of routine consumption
  reverses INTEGER REFERENCES movement (id),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX movement_product_day ON movement (product, occurred_on);
CREATE INDEX movement_lot ON movement (lot);
CREATE INDEX movement_dispense ON movement (dispense) WHERE dispense IS NOT NULL;
-- Each parent of a movement needs an index here: without one SQLite reads the whole ledger for every parent it inserts.
CREATE INDEX movement_prescription_line ON movement (prescription_line) WHERE prescription_line IS NOT NULL;
CREATE INDEX movement_receipt ON movement (receipt) WHERE receipt IS NOT NULL;
CREATE UNIQUE INDEX movement_reversed_once ON movement (reverses) WHERE reverses IS NOT NULL;
--! insert-only movement id
CREATE TRIGGER movement_matches_lot BEFORE INSERT ON movement
  WHEN NEW.product IS NOT (SELECT product FROM lot WHERE id = NEW.lot)
BEGIN SELECT RAISE(ABORT, 'movement-wrong-product'); END;
CREATE TRIGGER movement_reversal_mirrors BEFORE INSERT ON movement WHEN NEW.reverses IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM movement o WHERE o.id = NEW.reverses AND o.reverses IS NULL AND o.lot = NEW.lot
                  AND o.place = NEW.place AND o.quantity = -NEW.quantity AND o.report_column = NEW.report_column)
BEGIN SELECT RAISE(ABORT, 'reversal-does-not-mirror'); END;

-- What lies where, kept by trigger in the movement's own transaction. No program writes here.
CREATE TABLE balance (
  lot INTEGER NOT NULL REFERENCES lot (id), place INTEGER NOT NULL REFERENCES place (id), product INTEGER NOT NULL,
  quantity INTEGER NOT NULL CONSTRAINT balance_not_negative CHECK (quantity >= 0),
  last_day TEXT NOT NULL,            -- latest occurred_on of this lot and place: an earlier row is backdated
  PRIMARY KEY (lot, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX balance_product ON balance (product) WHERE quantity > 0;
-- Movements of a lot by day and report column: what consumption, stock-out days and the month's report read, so that
-- none of them goes through the ledger's history.
CREATE TABLE stock_day (
  product INTEGER NOT NULL, day TEXT NOT NULL, lot INTEGER NOT NULL, report_column TEXT NOT NULL,
  is_campaign INTEGER NOT NULL, quantity INTEGER NOT NULL, rows INTEGER NOT NULL,
  PRIMARY KEY (product, day, lot, report_column, is_campaign)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER movement_moves_balance AFTER INSERT ON movement BEGIN
  INSERT INTO balance (lot, place, product, quantity, last_day)
    VALUES (NEW.lot, NEW.place, NEW.product, 0, NEW.occurred_on) ON CONFLICT (lot, place) DO NOTHING;
  UPDATE balance SET quantity = quantity + NEW.quantity, last_day = max(last_day, NEW.occurred_on)
    WHERE lot = NEW.lot AND place = NEW.place;
  INSERT INTO stock_day (product, day, lot, report_column, is_campaign, quantity, rows)
    VALUES (NEW.product, NEW.occurred_on, NEW.lot, NEW.report_column, NEW.is_campaign, NEW.quantity, 1)
    ON CONFLICT (product, day, lot, report_column, is_campaign) DO UPDATE SET
      quantity = quantity + excluded.quantity, rows = rows + 1;
END;

-- Quarantine, recall, release: what a lot's status was from when on.
CREATE TABLE lot_status (
  id INTEGER PRIMARY KEY, lot INTEGER NOT NULL REFERENCES lot (id), status TEXT NOT NULL, reason TEXT NOT NULL,
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX lot_status_lot ON lot_status (lot);
--! insert-only lot_status id

-- Prescribed or asked for, and not given.
CREATE TABLE unmet_demand (
  id INTEGER PRIMARY KEY, product INTEGER NOT NULL REFERENCES product (id),
  prescription_line INTEGER REFERENCES prescription_line (id), dispense INTEGER REFERENCES dispense (id),
  quantity INTEGER NOT NULL CHECK (quantity <> 0), -- negative only when it reverses
  cause TEXT NOT NULL CHECK (cause IN ('stockout', 'too_expensive', 'refused', 'substituted', 'other')),
  substituted_by INTEGER REFERENCES product (id),
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  reverses INTEGER REFERENCES unmet_demand (id),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX unmet_product ON unmet_demand (product, occurred_on);
CREATE INDEX unmet_prescription_line ON unmet_demand (prescription_line) WHERE prescription_line IS NOT NULL;
CREATE UNIQUE INDEX unmet_reversed_once ON unmet_demand (reverses) WHERE reverses IS NOT NULL;
--! insert-only unmet_demand id

-- Consumption of months before the appliance, copied from paper.
CREATE TABLE paper_consumption (
  id INTEGER PRIMARY KEY, product INTEGER NOT NULL REFERENCES product (id),
  month TEXT NOT NULL CHECK (month GLOB '[12][0-9][0-9][0-9]-[01][0-9]'),
  quantity INTEGER NOT NULL CHECK (quantity >= 0),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX paper_consumption_product ON paper_consumption (product, month);
--! insert-only paper_consumption id
