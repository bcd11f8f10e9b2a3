-- The books of the ASACO: expenses and who approved them, the budget, the bank's statements, the month's statement.
CREATE TABLE expense (
  id INTEGER PRIMARY KEY, number INTEGER NOT NULL CONSTRAINT expense_number UNIQUE,
  account TEXT NOT NULL,                    -- key of an expense account: the line of the budget
  amount_fcfa INTEGER NOT NULL CHECK (amount_fcfa > 0), document TEXT, purpose TEXT NOT NULL CHECK (length(trim(purpose)) >= 3),
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  needs_approval INTEGER NOT NULL CHECK (needs_approval IN (0, 1)),   -- it was above the centre's threshold that day
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX expense_day ON expense (occurred_on);
--! insert-only expense id
-- One word of each function: approved or refused. The last row of a function counts.
CREATE TABLE expense_approval (
  id INTEGER PRIMARY KEY, expense INTEGER NOT NULL REFERENCES expense (id),
  role TEXT NOT NULL CHECK (role IN ('tresorier_asaco', 'president_asaco')),
  is_approved INTEGER NOT NULL CHECK (is_approved IN (0, 1)), reason TEXT, staff INTEGER,
  act INTEGER NOT NULL,
  CONSTRAINT expense_refusal_reason CHECK (is_approved = 1 OR length(trim(coalesce(reason, ''))) >= 3)
) STRICT;
CREATE INDEX expense_approval_expense ON expense_approval (expense);
--! insert-only expense_approval id

CREATE TABLE budget_line (
  id INTEGER PRIMARY KEY, year INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 2200), account TEXT NOT NULL,
  amount_fcfa INTEGER NOT NULL CHECK (amount_fcfa >= 0), act INTEGER NOT NULL
) STRICT;
CREATE INDEX budget_line_year ON budget_line (year, account);
--! insert-only budget_line id

-- A statement of the bank or of mobile money, and what of our book stands on it.
CREATE TABLE bank_statement (
  id INTEGER PRIMARY KEY, account TEXT NOT NULL CHECK (account IN ('bank', 'mobile_money')),
  stated_on TEXT NOT NULL CHECK (date(stated_on) IS stated_on), balance_fcfa INTEGER NOT NULL, document TEXT,
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX bank_statement_account ON bank_statement (account, stated_on);
--! insert-only bank_statement id
CREATE TABLE bank_cleared (
  id INTEGER PRIMARY KEY, statement INTEGER NOT NULL REFERENCES bank_statement (id),
  entry INTEGER CONSTRAINT cleared_entry_once UNIQUE REFERENCES account_entry (id),
  payment INTEGER CONSTRAINT cleared_payment_once UNIQUE REFERENCES payment (id),
  claim_receipt INTEGER CONSTRAINT cleared_claim_once UNIQUE REFERENCES claim_receipt (id),
  act INTEGER NOT NULL,
  CONSTRAINT cleared_one CHECK ((entry IS NOT NULL) + (payment IS NOT NULL) + (claim_receipt IS NOT NULL) = 1)
) STRICT;
CREATE INDEX bank_cleared_statement ON bank_cleared (statement);
--! insert-only bank_cleared id

-- The month's statement, frozen: figures is its JSON, hash its seal. Who signed stands beside.
CREATE TABLE asaco_statement (
  id INTEGER PRIMARY KEY, month TEXT NOT NULL CONSTRAINT asaco_statement_once UNIQUE
    CHECK (month GLOB '[12][0-9][0-9][0-9]-[01][0-9]'),
  figures TEXT NOT NULL CHECK (json_valid(figures)), hash BLOB NOT NULL CHECK (length(hash) = 32), act INTEGER NOT NULL
) STRICT;
--! insert-only asaco_statement id
CREATE TABLE asaco_signature (
  id INTEGER PRIMARY KEY, statement INTEGER NOT NULL REFERENCES asaco_statement (id), role TEXT NOT NULL,
  staff INTEGER NOT NULL, act INTEGER NOT NULL,
  CONSTRAINT asaco_signed_once UNIQUE (statement, role)
) STRICT;
--! insert-only asaco_signature id
-- A month that was stated takes no entry any more.
CREATE TRIGGER account_entry_month_open BEFORE INSERT ON account_entry
  WHEN substr(NEW.occurred_on, 1, 7) <= (SELECT max(month) FROM asaco_statement)
BEGIN SELECT RAISE(ABORT, 'month-stated'); END;

-- What lots cost: the few rows of the ledger that bear a cost.
CREATE INDEX movement_lot_cost ON movement (lot, unit_cost_fcfa) WHERE unit_cost_fcfa IS NOT NULL;
CREATE INDEX movement_returned ON movement (occurred_on) WHERE kind = 'return_to_supplier';
