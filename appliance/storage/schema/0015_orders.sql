-- Orders to the supplier, what it announces, and the proof of what came. Quantities are base units; a state is the last row of
-- its table. `document` is the message or file that was kept whole when the form arrived; another room owns it.
CREATE TABLE supply_order (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL CONSTRAINT supply_order_uuid UNIQUE CHECK (length(uuid) = 16),
  number TEXT NOT NULL CONSTRAINT supply_order_number UNIQUE,   -- ours, as printed
  reference TEXT,                                               -- theirs, where they gave one
  supplier TEXT NOT NULL, programme TEXT,
  kind TEXT NOT NULL CHECK (kind IN ('normal', 'emergency')),
  model TEXT NOT NULL CHECK (model IN ('push', 'pull')),        -- push: they propose; pull: we write the order
  ordered_on TEXT NOT NULL CHECK (date(ordered_on) IS ordered_on),
  answer_by TEXT CHECK (date(answer_by) IS answer_by), expected_on TEXT CHECK (date(expected_on) IS expected_on),
  document INTEGER CONSTRAINT supply_order_document UNIQUE,
  supersedes INTEGER CONSTRAINT supply_order_superseded_once UNIQUE REFERENCES supply_order (id),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX supply_order_reference ON supply_order (reference) WHERE reference IS NOT NULL;
--! insert-only supply_order id

CREATE TABLE supply_order_line (
  id INTEGER PRIMARY KEY, supply_order INTEGER NOT NULL REFERENCES supply_order (id), rank INTEGER NOT NULL,
  label_written TEXT, code_written TEXT,                        -- as the form says it; null in lines of our own
  quantity_written INTEGER CHECK (quantity_written >= 0),       -- what they propose; null: they don't
  written_in TEXT NOT NULL CHECK (written_in IN ('unit', 'pack')),
  pack_units INTEGER CHECK (pack_units > 0),                    -- base units in a pack by the form; null: by our catalogue
  pack_price_fcfa INTEGER CHECK (pack_price_fcfa >= 0),
  act INTEGER NOT NULL,
  CONSTRAINT supply_order_line_rank UNIQUE (supply_order, rank)
) STRICT;
--! insert-only supply_order_line id

-- Which product of ours a written line is; the last row counts, so that a person's correction keeps the first answer readable.
CREATE TABLE supply_order_match (
  id INTEGER PRIMARY KEY, line INTEGER NOT NULL REFERENCES supply_order_line (id),
  product INTEGER NOT NULL REFERENCES product (id),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX supply_order_match_line ON supply_order_match (line);
CREATE INDEX supply_order_match_product ON supply_order_match (product);
--! insert-only supply_order_match id

-- Quantities of a line, step by step; the last row of a step counts. `working` is what ours was computed from, to be opened for ever.
CREATE TABLE supply_order_figure (
  id INTEGER PRIMARY KEY, line INTEGER NOT NULL REFERENCES supply_order_line (id),
  step TEXT NOT NULL CHECK (step IN ('ours', 'edited', 'confirmed', 'approved')),
  quantity INTEGER CHECK (quantity >= 0),                       -- null: ours is not known (CMM unknown)
  working TEXT CHECK (json_valid(working)),
  reason TEXT, note TEXT,
  act INTEGER NOT NULL,
  CONSTRAINT supply_order_figure_known CHECK (quantity IS NOT NULL OR step = 'ours')
) STRICT;
CREATE INDEX supply_order_figure_line ON supply_order_figure (line);
--! insert-only supply_order_figure id

CREATE TABLE supply_order_status (
  id INTEGER PRIMARY KEY, supply_order INTEGER NOT NULL REFERENCES supply_order (id),
  state TEXT NOT NULL CHECK (state IN ('proposed', 'confirmed', 'countersigned', 'sent', 'approved', 'shipped',
    'received_partly', 'received', 'cancelled', 'never_delivered', 'superseded')),
  staff INTEGER REFERENCES staff (id),                          -- who signs, which may be another than who holds the tablet
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  way TEXT CHECK (way IN ('message', 'stick', 'paper')),        -- how the order was handed over
  recipient TEXT, reason TEXT,
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX supply_order_status_order ON supply_order_status (supply_order);
CREATE INDEX supply_order_status_staff ON supply_order_status (staff) WHERE staff IS NOT NULL;
--! insert-only supply_order_status id

-- A delivery note: announced by message or typed from paper. A corrected note supersedes the first.
CREATE TABLE shipment (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL CONSTRAINT shipment_uuid UNIQUE CHECK (length(uuid) = 16),
  supply_order INTEGER REFERENCES supply_order (id), number TEXT NOT NULL, supplier TEXT NOT NULL, carrier TEXT,
  shipped_on TEXT CHECK (date(shipped_on) IS shipped_on), expected_on TEXT CHECK (date(expected_on) IS expected_on),
  origin TEXT NOT NULL CHECK (origin IN ('message', 'paper')),
  document INTEGER CONSTRAINT shipment_document UNIQUE,
  supersedes INTEGER CONSTRAINT shipment_superseded_once UNIQUE REFERENCES shipment (id),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX shipment_order ON shipment (supply_order) WHERE supply_order IS NOT NULL;
CREATE INDEX shipment_number ON shipment (number);
--! insert-only shipment id
CREATE TABLE shipment_line (
  id INTEGER PRIMARY KEY, shipment INTEGER NOT NULL REFERENCES shipment (id), rank INTEGER NOT NULL,
  order_line INTEGER REFERENCES supply_order_line (id), product INTEGER REFERENCES product (id),
  label_written TEXT, code_written TEXT, lot_number TEXT,
  expires_on TEXT CHECK (date(expires_on) IS expires_on), expiry_precision TEXT CHECK (expiry_precision IN ('day', 'month')),
  announced INTEGER NOT NULL CHECK (announced >= 0),
  unit_cost_fcfa INTEGER CHECK (unit_cost_fcfa >= 0),
  act INTEGER NOT NULL,
  CONSTRAINT shipment_line_rank UNIQUE (shipment, rank)
) STRICT;
CREATE INDEX shipment_line_order_line ON shipment_line (order_line) WHERE order_line IS NOT NULL;
CREATE INDEX shipment_line_product ON shipment_line (product) WHERE product IS NOT NULL;
--! insert-only shipment_line id

-- The procès-verbal of a reception, signed once by three. Its accepted lots are movements of the same act.
CREATE TABLE proof_of_delivery (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL CONSTRAINT proof_of_delivery_uuid UNIQUE CHECK (length(uuid) = 16),
  number TEXT NOT NULL CONSTRAINT proof_of_delivery_number UNIQUE,
  supply_order INTEGER REFERENCES supply_order (id), shipment INTEGER REFERENCES shipment (id),
  supplier TEXT NOT NULL, slip TEXT NOT NULL, carrier TEXT,
  received_on TEXT NOT NULL CHECK (date(received_on) IS received_on),
  receipt INTEGER CONSTRAINT proof_of_delivery_receipt UNIQUE REFERENCES receipt (id),   -- null when all was refused
  head_name TEXT NOT NULL, keeper_name TEXT NOT NULL, asaco_name TEXT NOT NULL, reserves TEXT,
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX proof_of_delivery_order ON proof_of_delivery (supply_order) WHERE supply_order IS NOT NULL;
CREATE INDEX proof_of_delivery_shipment ON proof_of_delivery (shipment) WHERE shipment IS NOT NULL;
--! insert-only proof_of_delivery id
CREATE TABLE proof_of_delivery_line (
  id INTEGER PRIMARY KEY, proof INTEGER NOT NULL REFERENCES proof_of_delivery (id),
  order_line INTEGER REFERENCES supply_order_line (id), shipment_line INTEGER REFERENCES shipment_line (id),
  product INTEGER NOT NULL REFERENCES product (id), lot_number TEXT NOT NULL,
  expires_on TEXT CHECK (date(expires_on) IS expires_on), expiry_precision TEXT CHECK (expiry_precision IN ('day', 'month')),
  ordered INTEGER CHECK (ordered >= 0), announced INTEGER CHECK (announced >= 0),   -- null: nobody said
  counted INTEGER NOT NULL CHECK (counted >= 0), accepted INTEGER NOT NULL CHECK (accepted >= 0),
  refused INTEGER NOT NULL CHECK (refused >= 0), surplus INTEGER NOT NULL CHECK (surplus >= 0),
  refusal TEXT, state TEXT NOT NULL, vvm INTEGER CHECK (vvm BETWEEN 1 AND 4), temperature_tenths INTEGER,
  unit_cost_fcfa INTEGER CHECK (unit_cost_fcfa >= 0), remark TEXT,
  movement INTEGER CONSTRAINT proof_of_delivery_line_movement UNIQUE REFERENCES movement (id),
  act INTEGER NOT NULL,
  CONSTRAINT proof_of_delivery_line_adds_up CHECK (counted = accepted + refused),
  CONSTRAINT proof_of_delivery_line_in_ledger CHECK ((accepted > 0) = (movement IS NOT NULL)),
  CONSTRAINT proof_of_delivery_line_dated CHECK (accepted = 0 OR expires_on IS NOT NULL)
) STRICT;
CREATE INDEX proof_of_delivery_line_proof ON proof_of_delivery_line (proof);
CREATE INDEX proof_of_delivery_line_order_line ON proof_of_delivery_line (order_line) WHERE order_line IS NOT NULL;
CREATE INDEX proof_of_delivery_line_shipment_line ON proof_of_delivery_line (shipment_line) WHERE shipment_line IS NOT NULL;
CREATE INDEX proof_of_delivery_line_product ON proof_of_delivery_line (product);
--! insert-only proof_of_delivery_line id
-- A line of a reception taken back, once; `movement` is the ledger's reversal, null where nothing of the line had been accepted.
CREATE TABLE proof_of_delivery_reversal (
  id INTEGER PRIMARY KEY, line INTEGER NOT NULL CONSTRAINT proof_line_reversed_once UNIQUE REFERENCES proof_of_delivery_line (id),
  movement INTEGER REFERENCES movement (id), reason TEXT NOT NULL,
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX proof_of_delivery_reversal_movement ON proof_of_delivery_reversal (movement) WHERE movement IS NOT NULL;
--! insert-only proof_of_delivery_reversal id

-- What is counted box by box, before it is signed: kept here so that another tablet can go on. Its rows change.
CREATE TABLE reception_draft (
  id INTEGER PRIMARY KEY, subject TEXT NOT NULL CONSTRAINT reception_draft_subject UNIQUE,
  version INTEGER NOT NULL, body TEXT NOT NULL CHECK (json_valid(body)),
  staff INTEGER REFERENCES staff (id), started_at INTEGER NOT NULL, saved_at INTEGER NOT NULL,
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX reception_draft_staff ON reception_draft (staff) WHERE staff IS NOT NULL;
