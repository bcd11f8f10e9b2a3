-- Counting the shelves and destroying what has expired. A count line keeps the number of the last movement that the
-- ledger held when it was typed, so that its variance is against the balance of that very moment.
CREATE TABLE product_shelf (
  id INTEGER PRIMARY KEY, place INTEGER NOT NULL REFERENCES place (id), product INTEGER NOT NULL REFERENCES product (id),
  shelf TEXT NOT NULL CHECK (length(shelf) <= 40),                       -- '' when it stands on no shelf any more
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX product_shelf_product ON product_shelf (product, place);
CREATE INDEX product_shelf_place ON product_shelf (place);
--! insert-only product_shelf id

CREATE TABLE stock_count (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
  number INTEGER NOT NULL CONSTRAINT stock_count_number UNIQUE, place INTEGER NOT NULL REFERENCES place (id),
  scope TEXT NOT NULL CHECK (scope IN ('full', 'shelf', 'products')), shelf TEXT,
  is_blind INTEGER NOT NULL CHECK (is_blind IN (0, 1)),
  opened_on TEXT NOT NULL CHECK (date(opened_on) IS opened_on),
  at_movement INTEGER NOT NULL CHECK (at_movement >= 0),                 -- what came later need not be counted
  act INTEGER NOT NULL,
  CONSTRAINT stock_count_shelf CHECK ((scope = 'shelf') = (shelf IS NOT NULL))
) STRICT;
CREATE INDEX stock_count_place ON stock_count (place);
--! insert-only stock_count id

-- The products of a count that is not full, as they stood on the shelf when it was opened.
CREATE TABLE stock_count_product (
  id INTEGER PRIMARY KEY, stock_count INTEGER NOT NULL REFERENCES stock_count (id),
  product INTEGER NOT NULL REFERENCES product (id),
  act INTEGER NOT NULL,
  CONSTRAINT stock_count_product_once UNIQUE (stock_count, product)
) STRICT;
CREATE INDEX stock_count_product_product ON stock_count_product (product);
--! insert-only stock_count_product id

-- What became of a count: the last row says. `round` is the count under way, or the last one done.
CREATE TABLE stock_count_status (
  id INTEGER PRIMARY KEY, stock_count INTEGER NOT NULL REFERENCES stock_count (id),
  status TEXT NOT NULL CHECK (status IN ('counting', 'compared', 'finalised', 'abandoned')),
  round INTEGER NOT NULL CHECK (round >= 1), note TEXT CHECK (length(note) BETWEEN 3 AND 600),
  act INTEGER NOT NULL,
  CONSTRAINT stock_count_status_told CHECK (note IS NOT NULL OR status IN ('counting', 'compared'))
) STRICT;
CREATE INDEX stock_count_status_count ON stock_count_status (stock_count);
CREATE UNIQUE INDEX stock_count_ended_once ON stock_count_status (stock_count) WHERE status IN ('finalised', 'abandoned');
--! insert-only stock_count_status id

-- One typing of one lot; typed again in the same round, the last row counts.
CREATE TABLE count_line (
  id INTEGER PRIMARY KEY, stock_count INTEGER NOT NULL REFERENCES stock_count (id), lot INTEGER NOT NULL REFERENCES lot (id),
  round INTEGER NOT NULL CHECK (round >= 1), quantity INTEGER NOT NULL CONSTRAINT count_line_quantity CHECK (quantity >= 0),
  at_movement INTEGER NOT NULL CHECK (at_movement >= 0),
  counted_on TEXT NOT NULL CHECK (date(counted_on) IS counted_on),
  counted_by INTEGER NOT NULL REFERENCES staff (id), is_found INTEGER NOT NULL CHECK (is_found IN (0, 1)),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX count_line_count ON count_line (stock_count, lot, round);
CREATE INDEX count_line_lot ON count_line (lot);
CREATE INDEX count_line_staff ON count_line (counted_by);
--! insert-only count_line id

-- The lots to count again in a round: out of tolerance, asked for by the head, or contradicted by what went out since.
CREATE TABLE count_again (
  id INTEGER PRIMARY KEY, stock_count INTEGER NOT NULL REFERENCES stock_count (id), lot INTEGER NOT NULL REFERENCES lot (id),
  round INTEGER NOT NULL CHECK (round >= 2), why TEXT NOT NULL CHECK (why IN ('tolerance', 'asked')),
  act INTEGER NOT NULL,
  CONSTRAINT count_again_once UNIQUE (stock_count, lot, round)
) STRICT;
CREATE INDEX count_again_lot ON count_again (lot);
--! insert-only count_again id

-- What a finalised count found of each lot. From here on nothing is dated before it (rule T29).
CREATE TABLE count_result (
  id INTEGER PRIMARY KEY, stock_count INTEGER NOT NULL REFERENCES stock_count (id), lot INTEGER NOT NULL REFERENCES lot (id),
  place INTEGER NOT NULL REFERENCES place (id), line INTEGER NOT NULL CONSTRAINT count_result_line UNIQUE REFERENCES count_line (id),
  ledger INTEGER NOT NULL, counted INTEGER NOT NULL CHECK (counted >= 0), variance INTEGER NOT NULL,
  unit_cost_fcfa INTEGER CHECK (unit_cost_fcfa >= 0), value_fcfa INTEGER,    -- null: nobody wrote what the lot cost
  reason TEXT, note TEXT CHECK (length(note) <= 300),
  counted_on TEXT NOT NULL CHECK (date(counted_on) IS counted_on), at_movement INTEGER NOT NULL,
  movement INTEGER REFERENCES movement (id),
  act INTEGER NOT NULL,
  CONSTRAINT count_result_once UNIQUE (stock_count, lot),
  CONSTRAINT count_result_adds_up CHECK (variance = counted - ledger),
  CONSTRAINT count_result_written CHECK ((variance = 0) = (movement IS NULL)),
  CONSTRAINT count_result_value CHECK ((unit_cost_fcfa IS NULL AND value_fcfa IS NULL) OR value_fcfa = variance * unit_cost_fcfa)
) STRICT;
CREATE INDEX count_result_lot ON count_result (lot, place);
CREATE INDEX count_result_place ON count_result (place, counted_on);
CREATE UNIQUE INDEX count_result_movement ON count_result (movement) WHERE movement IS NOT NULL;
--! insert-only count_result id

-- Lots of its scope that a finalised count left uncounted, and knowingly: uncounted is not zero.
CREATE TABLE count_left (
  id INTEGER PRIMARY KEY, stock_count INTEGER NOT NULL REFERENCES stock_count (id), lot INTEGER NOT NULL REFERENCES lot (id),
  act INTEGER NOT NULL,
  CONSTRAINT count_left_once UNIQUE (stock_count, lot)
) STRICT;
CREATE INDEX count_left_lot ON count_left (lot);
--! insert-only count_left id

-- What a lot cost, without reading its history.
CREATE INDEX movement_cost ON movement (product, lot, id) WHERE unit_cost_fcfa IS NOT NULL;

-- The destruction of expired stock: one act before a committee, one paper.
CREATE TABLE destruction (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
  number INTEGER NOT NULL CONSTRAINT destruction_number UNIQUE,
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  destination TEXT NOT NULL, note TEXT CHECK (length(note) <= 600),
  act INTEGER NOT NULL
) STRICT;
--! insert-only destruction id
CREATE TABLE destruction_member (
  id INTEGER PRIMARY KEY, destruction INTEGER NOT NULL REFERENCES destruction (id),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 2 AND 80), title TEXT NOT NULL CHECK (length(title) BETWEEN 2 AND 80),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX destruction_member_destruction ON destruction_member (destruction);
--! insert-only destruction_member id
CREATE TABLE destruction_line (
  id INTEGER PRIMARY KEY, destruction INTEGER NOT NULL REFERENCES destruction (id), lot INTEGER NOT NULL REFERENCES lot (id),
  place INTEGER NOT NULL REFERENCES place (id), quantity INTEGER NOT NULL CHECK (quantity > 0), cause TEXT NOT NULL,
  unit_cost_fcfa INTEGER CHECK (unit_cost_fcfa >= 0), value_fcfa INTEGER,
  movement INTEGER NOT NULL CONSTRAINT destruction_line_movement UNIQUE REFERENCES movement (id),
  act INTEGER NOT NULL,
  CONSTRAINT destruction_line_value CHECK ((unit_cost_fcfa IS NULL AND value_fcfa IS NULL) OR value_fcfa = quantity * unit_cost_fcfa)
) STRICT;
CREATE INDEX destruction_line_destruction ON destruction_line (destruction);
CREATE INDEX destruction_line_lot ON destruction_line (lot);
--! insert-only destruction_line id
