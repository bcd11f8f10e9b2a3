-- Prices by date and payer; sales beside the dispensing they belong to; payments. Whole francs.
CREATE TABLE price (
  id INTEGER PRIMARY KEY, product INTEGER NOT NULL REFERENCES product (id),
  valid_from TEXT NOT NULL CHECK (date(valid_from) IS valid_from),
  unit_price_fcfa INTEGER NOT NULL CHECK (unit_price_fcfa >= 0), source TEXT NOT NULL,
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX price_product ON price (product, valid_from);
--! insert-only price id

CREATE TABLE sale (
  id INTEGER PRIMARY KEY, number INTEGER NOT NULL CONSTRAINT sale_number UNIQUE,
  dispense INTEGER CONSTRAINT sale_dispense UNIQUE REFERENCES dispense (id),
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  total_fcfa INTEGER NOT NULL, exempt_fcfa INTEGER NOT NULL, due_fcfa INTEGER NOT NULL,
  reverses INTEGER REFERENCES sale (id),
  act INTEGER NOT NULL,
  CONSTRAINT sale_adds_up CHECK (total_fcfa = exempt_fcfa + due_fcfa)
) STRICT;
CREATE INDEX sale_day ON sale (occurred_on);
CREATE UNIQUE INDEX sale_reversed_once ON sale (reverses) WHERE reverses IS NOT NULL;
--! insert-only sale id
CREATE TABLE sale_line (
  id INTEGER PRIMARY KEY, sale INTEGER NOT NULL REFERENCES sale (id), product INTEGER NOT NULL REFERENCES product (id),
  quantity INTEGER NOT NULL, unit_price_fcfa INTEGER NOT NULL, amount_fcfa INTEGER NOT NULL,
  exemption TEXT,                       -- code of the free-care rule, null when it is paid
  act INTEGER NOT NULL,
  CONSTRAINT sale_line_adds_up CHECK (amount_fcfa = quantity * unit_price_fcfa)
) STRICT;
CREATE INDEX sale_line_sale ON sale_line (sale);
--! insert-only sale_line id
CREATE TABLE payment (
  id INTEGER PRIMARY KEY, sale INTEGER NOT NULL REFERENCES sale (id), means TEXT NOT NULL CHECK (means IN ('cash', 'mobile_money')),
  amount_fcfa INTEGER NOT NULL CHECK (amount_fcfa <> 0), occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  reverses INTEGER REFERENCES payment (id),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX payment_sale ON payment (sale);
CREATE UNIQUE INDEX payment_reversed_once ON payment (reverses) WHERE reverses IS NOT NULL;
--! insert-only payment id
