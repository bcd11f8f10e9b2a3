-- What each account took and gave on each day, kept by triggers in the act of the row itself. No program writes here:
-- a balance is read from few rows, and the nightly check sums the books anew and must find the same.
CREATE TABLE account_day (
  account TEXT NOT NULL, day TEXT NOT NULL CHECK (date(day) IS day),
  amount_fcfa INTEGER NOT NULL,             -- debited less credited
  rows INTEGER NOT NULL,
  PRIMARY KEY (account, day)
) STRICT, WITHOUT ROWID;
INSERT INTO account_day (account, day, amount_fcfa, rows)
  SELECT account, day, sum(amount), count(*) FROM (
    SELECT debit account, occurred_on day, amount_fcfa amount FROM account_entry
    UNION ALL SELECT credit, occurred_on, -amount_fcfa FROM account_entry
    UNION ALL SELECT iif(means = 'cash', 'till', means), occurred_on, amount_fcfa FROM payment
    UNION ALL SELECT 'till', occurred_on, -amount_fcfa FROM till_handover WHERE receiver_session IS NULL
    UNION ALL SELECT 'treasury', occurred_on, amount_fcfa FROM till_handover WHERE receiver_session IS NULL
    UNION ALL SELECT iif(means = 'cash', 'treasury', 'bank'), received_on, amount_fcfa FROM claim_receipt
  ) GROUP BY account, day;

CREATE TRIGGER account_entry_moves_accounts AFTER INSERT ON account_entry BEGIN
  INSERT INTO account_day (account, day, amount_fcfa, rows) VALUES (NEW.debit, NEW.occurred_on, NEW.amount_fcfa, 1)
    ON CONFLICT (account, day) DO UPDATE SET amount_fcfa = amount_fcfa + excluded.amount_fcfa, rows = rows + 1;
  INSERT INTO account_day (account, day, amount_fcfa, rows) VALUES (NEW.credit, NEW.occurred_on, -NEW.amount_fcfa, 1)
    ON CONFLICT (account, day) DO UPDATE SET amount_fcfa = amount_fcfa + excluded.amount_fcfa, rows = rows + 1;
END;
CREATE TRIGGER payment_moves_accounts AFTER INSERT ON payment BEGIN
  INSERT INTO account_day (account, day, amount_fcfa, rows)
    VALUES (iif(NEW.means = 'cash', 'till', NEW.means), NEW.occurred_on, NEW.amount_fcfa, 1)
    ON CONFLICT (account, day) DO UPDATE SET amount_fcfa = amount_fcfa + excluded.amount_fcfa, rows = rows + 1;
END;
CREATE TRIGGER till_handover_moves_accounts AFTER INSERT ON till_handover WHEN NEW.receiver_session IS NULL BEGIN
  INSERT INTO account_day (account, day, amount_fcfa, rows) VALUES ('till', NEW.occurred_on, -NEW.amount_fcfa, 1)
    ON CONFLICT (account, day) DO UPDATE SET amount_fcfa = amount_fcfa + excluded.amount_fcfa, rows = rows + 1;
  INSERT INTO account_day (account, day, amount_fcfa, rows) VALUES ('treasury', NEW.occurred_on, NEW.amount_fcfa, 1)
    ON CONFLICT (account, day) DO UPDATE SET amount_fcfa = amount_fcfa + excluded.amount_fcfa, rows = rows + 1;
END;
CREATE TRIGGER claim_receipt_moves_accounts AFTER INSERT ON claim_receipt BEGIN
  INSERT INTO account_day (account, day, amount_fcfa, rows)
    VALUES (iif(NEW.means = 'cash', 'treasury', 'bank'), NEW.received_on, NEW.amount_fcfa, 1)
    ON CONFLICT (account, day) DO UPDATE SET amount_fcfa = amount_fcfa + excluded.amount_fcfa, rows = rows + 1;
END;

-- A month that was stated takes no payer's money any more, as it takes no entry.
CREATE TRIGGER claim_receipt_month_open BEFORE INSERT ON claim_receipt
  WHEN substr(NEW.received_on, 1, 7) <= (SELECT max(month) FROM asaco_statement)
BEGIN SELECT RAISE(ABORT, 'month-stated'); END;
