-- Signed facts of care that forms count, the closed months, and what people typed into cells.
CREATE TABLE fact (
  id INTEGER PRIMARY KEY, month TEXT NOT NULL CHECK (month GLOB '[12][0-9][0-9][0-9]-[01][0-9]'),
  kind TEXT NOT NULL, code TEXT NOT NULL, occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  age_months INTEGER, age_days INTEGER, sex TEXT CHECK (sex IN ('M', 'F')), zone TEXT CHECK (zone IN ('AIRE', 'HAIRE')),
  strategy TEXT, quantity INTEGER NOT NULL CHECK (quantity <> 0),
  visit INTEGER REFERENCES visit (id),
  reverses INTEGER REFERENCES fact (id),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX fact_month ON fact (month);
CREATE INDEX fact_visit ON fact (visit) WHERE visit IS NOT NULL;
-- Of those that exist only: with all rows in it SQLite takes "reverses IS NULL" for the narrowest way and reads them all.
CREATE UNIQUE INDEX fact_reversed_once ON fact (reverses) WHERE reverses IS NOT NULL;
--! insert-only fact id

-- A figure that only a person can give. The last row of a cell counts; the earlier ones stay readable.
CREATE TABLE typed_cell (
  id INTEGER PRIMARY KEY, form TEXT NOT NULL, period TEXT NOT NULL, code TEXT NOT NULL,
  disaggregation TEXT NOT NULL CHECK (json_valid(disaggregation)), value TEXT,   -- null withdraws the figure
  staff INTEGER, act INTEGER NOT NULL
) STRICT;
CREATE INDEX typed_cell_period ON typed_cell (form, period);
--! insert-only typed_cell id

-- A closed report: version 1, then one more for each rectificatif. cells is the frozen JSON, hash its SHA-256.
CREATE TABLE closing (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
  form TEXT NOT NULL, form_edition TEXT NOT NULL, period TEXT NOT NULL, version INTEGER NOT NULL CHECK (version >= 1),
  cells TEXT NOT NULL CHECK (json_valid(cells)), hash BLOB NOT NULL CHECK (length(hash) = 32),
  explanation TEXT, staff INTEGER, act INTEGER NOT NULL,
  CONSTRAINT closing_once UNIQUE (form, period, version)
) STRICT;
--! insert-only closing id
-- A month of the depot whose ledger takes no more rows.
CREATE TABLE stock_period (
  month TEXT PRIMARY KEY CHECK (month GLOB '[12][0-9][0-9][0-9]-[01][0-9]'),
  act INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
--! insert-only stock_period month
CREATE TRIGGER movement_period_open BEFORE INSERT ON movement
  WHEN substr(NEW.occurred_on, 1, 7) <= (SELECT max(month) FROM stock_period)
BEGIN SELECT RAISE(ABORT, 'period-closed'); END;
-- A report made by the machine and waiting for a person: when, and whether facts came since.
CREATE TABLE report_preview (
  form TEXT NOT NULL, period TEXT NOT NULL, made_at INTEGER NOT NULL,
  act INTEGER NOT NULL, PRIMARY KEY (form, period)
) STRICT, WITHOUT ROWID;
