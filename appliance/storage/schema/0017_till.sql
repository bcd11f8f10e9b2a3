-- The tills. Each franc of a sale moves inside an open session of a till, kept by one person, who counts it to close it.
CREATE TABLE till (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL CONSTRAINT till_name CHECK (length(name) BETWEEN 1 AND 40),
  staff INTEGER,            -- a person's own drawer, 0: the appliance's; null: a drawer of the centre, which anybody may keep
  act INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX till_own ON till (staff) WHERE staff IS NOT NULL;
CREATE UNIQUE INDEX till_shared ON till (name) WHERE staff IS NULL;
--! insert-only till id

CREATE TABLE till_session (
  id INTEGER PRIMARY KEY, till INTEGER NOT NULL REFERENCES till (id),
  staff INTEGER,                            -- who keeps it; null: the appliance itself
  opened_on TEXT NOT NULL CHECK (date(opened_on) IS opened_on),
  carried_fcfa INTEGER NOT NULL CHECK (carried_fcfa >= 0),       -- what the closing before left in the drawer
  is_by_itself INTEGER NOT NULL CHECK (is_by_itself IN (0, 1)),  -- opened by a payment: nobody counted the drawer
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX till_session_till ON till_session (till);
CREATE INDEX till_session_staff ON till_session (staff);
--! insert-only till_session id

-- Which sessions are open, kept by trigger. No program writes here: a payment finds its session by one read of it.
CREATE TABLE till_open (
  keeper INTEGER PRIMARY KEY,               -- staff id, 0 for the appliance: one open session a person
  till INTEGER NOT NULL UNIQUE, session INTEGER NOT NULL UNIQUE
) STRICT;
CREATE TRIGGER till_session_opens AFTER INSERT ON till_session BEGIN
  INSERT INTO till_open (keeper, till, session) VALUES (coalesce(NEW.staff, 0), NEW.till, NEW.id);
END;

-- Counting a drawer, by denomination. Every count stays, those that were counted again too.
CREATE TABLE till_count (
  id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES till_session (id),
  kind TEXT NOT NULL CHECK (kind IN ('opening', 'closing')),
  expected_fcfa INTEGER NOT NULL, counted_fcfa INTEGER NOT NULL CHECK (counted_fcfa >= 0),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX till_count_session ON till_count (session);
--! insert-only till_count id
CREATE TABLE till_count_line (
  id INTEGER PRIMARY KEY, count INTEGER NOT NULL REFERENCES till_count (id),
  coin_fcfa INTEGER NOT NULL CHECK (coin_fcfa > 0), pieces INTEGER NOT NULL CHECK (pieces > 0),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX till_count_line_count ON till_count_line (count);
--! insert-only till_count_line id

CREATE TABLE till_closing (
  id INTEGER PRIMARY KEY, session INTEGER NOT NULL CONSTRAINT till_closed_once UNIQUE REFERENCES till_session (id),
  count INTEGER NOT NULL UNIQUE REFERENCES till_count (id),
  closed_on TEXT NOT NULL CHECK (date(closed_on) IS closed_on),
  expected_fcfa INTEGER NOT NULL, counted_fcfa INTEGER NOT NULL, variance_fcfa INTEGER NOT NULL,
  reason TEXT, left_fcfa INTEGER NOT NULL,
  act INTEGER NOT NULL,
  CONSTRAINT till_variance_adds_up CHECK (variance_fcfa = counted_fcfa - expected_fcfa),
  CONSTRAINT till_variance_reason CHECK (variance_fcfa = 0 OR length(trim(coalesce(reason, ''))) >= 3),
  CONSTRAINT till_left CHECK (left_fcfa BETWEEN 0 AND counted_fcfa)
) STRICT;
--! insert-only till_closing id
CREATE TRIGGER till_closing_shuts AFTER INSERT ON till_closing BEGIN
  DELETE FROM till_open WHERE session = NEW.session;
END;

-- Money handed over: to the treasurer's box, or to the till of who takes over. Both sign, by their own PIN.
CREATE TABLE till_handover (
  id INTEGER PRIMARY KEY, number INTEGER NOT NULL CONSTRAINT till_handover_number UNIQUE,
  session INTEGER NOT NULL REFERENCES till_session (id), receiver INTEGER NOT NULL REFERENCES staff (id),
  receiver_session INTEGER REFERENCES till_session (id),   -- null: into the treasurer's box
  amount_fcfa INTEGER NOT NULL CHECK (amount_fcfa > 0),
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX till_handover_session ON till_handover (session);
CREATE INDEX till_handover_receiver ON till_handover (receiver_session) WHERE receiver_session IS NOT NULL;
CREATE INDEX till_handover_day ON till_handover (occurred_on);
--! insert-only till_handover id
CREATE TRIGGER till_handover_of_open BEFORE INSERT ON till_handover
  WHEN NOT EXISTS (SELECT 1 FROM till_open WHERE session = NEW.session)
  OR (NEW.receiver_session IS NOT NULL AND NOT EXISTS (SELECT 1 FROM till_open WHERE session = NEW.receiver_session))
BEGIN SELECT RAISE(ABORT, 'till-not-open'); END;

-- Payments from before the tills have no session; from here on none is taken without.
ALTER TABLE payment ADD COLUMN session INTEGER REFERENCES till_session (id);
ALTER TABLE payment ADD COLUMN operator TEXT;               -- mobile money: whose, and the reference on the message
ALTER TABLE payment ADD COLUMN reference TEXT;
CREATE INDEX payment_session ON payment (session) WHERE session IS NOT NULL;
CREATE INDEX payment_reference ON payment (reference) WHERE reference IS NOT NULL;
CREATE TRIGGER payment_of_open BEFORE INSERT ON payment
  WHEN NOT EXISTS (SELECT 1 FROM till_open WHERE session = NEW.session)
BEGIN SELECT RAISE(ABORT, 'till-not-open'); END;

-- The cash book: every franc that moves outside of a sale, from the account credited to the account debited.
CREATE TABLE account_entry (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  debit TEXT NOT NULL, credit TEXT NOT NULL, amount_fcfa INTEGER NOT NULL CHECK (amount_fcfa > 0),
  session INTEGER REFERENCES till_session (id), expense INTEGER, document TEXT, note TEXT,
  reverses INTEGER REFERENCES account_entry (id),
  act INTEGER NOT NULL,
  CONSTRAINT account_entry_two_sides CHECK (debit <> credit),
  CONSTRAINT account_entry_of_till CHECK ((debit = 'till' OR credit = 'till') = (session IS NOT NULL))
) STRICT;
CREATE INDEX account_entry_day ON account_entry (occurred_on);
CREATE INDEX account_entry_session ON account_entry (session) WHERE session IS NOT NULL;
CREATE INDEX account_entry_expense ON account_entry (expense) WHERE expense IS NOT NULL;
CREATE UNIQUE INDEX account_entry_reversed_once ON account_entry (reverses) WHERE reverses IS NOT NULL;
--! insert-only account_entry id
CREATE TRIGGER account_entry_of_open BEFORE INSERT ON account_entry
  WHEN NEW.session IS NOT NULL AND NOT EXISTS (SELECT 1 FROM till_open WHERE session = NEW.session)
BEGIN SELECT RAISE(ABORT, 'till-not-open'); END;
CREATE TRIGGER account_entry_reversal_mirrors BEFORE INSERT ON account_entry WHEN NEW.reverses IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM account_entry o WHERE o.id = NEW.reverses AND o.reverses IS NULL
                  AND o.debit = NEW.credit AND o.credit = NEW.debit AND o.amount_fcfa = NEW.amount_fcfa)
BEGIN SELECT RAISE(ABORT, 'reversal-does-not-mirror'); END;
