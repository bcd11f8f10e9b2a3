-- Who a price is for, and the end of a price. Both are null in the rows written before: a price for the patient, in force.
ALTER TABLE price ADD COLUMN payer TEXT CHECK (payer IN ('amo', 'ramed', 'mutuelle', 'projet'));
ALTER TABLE price ADD COLUMN is_withdrawn INTEGER CHECK (is_withdrawn = 1);
-- What is still to be paid at the cashier's post is looked for by day, and takings by the day they were taken.
CREATE INDEX payment_day ON payment (occurred_on);
CREATE INDEX unmet_line ON unmet_demand (prescription_line) WHERE prescription_line IS NOT NULL;
CREATE INDEX unmet_dispense ON unmet_demand (dispense) WHERE dispense IS NOT NULL;
